"""What every page shares: the frame, errors, sign-in, headers, words."""
