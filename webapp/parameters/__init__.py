"""业务参数: what the federation sets without touching a process file."""
