"""写信给工会: what anybody without an account may begin, on a telephone first."""
