"""What was done before, for reading: answers, decisions, papers, history, diagrams."""
