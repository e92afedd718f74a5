"""The tables of the register and the questions to them; nothing else here knows SQL."""
