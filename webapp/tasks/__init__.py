"""The page of one step: the form, the papers, why it is here."""
