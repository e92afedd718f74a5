"""任务与故障: what failed or is late, its cause, and trying it again."""
