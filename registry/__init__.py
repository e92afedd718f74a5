"""What the federation knows: households, notices, and what service tasks may do with them."""
