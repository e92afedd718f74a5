"""What is known of the money behind the programmes, as values: nothing here asks a database."""
