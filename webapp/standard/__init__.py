"""What every installation begins with: the roles and the business parameters, before its own."""
