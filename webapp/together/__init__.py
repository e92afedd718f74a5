"""Several cases at one step: one list, one decision, each case by itself."""
