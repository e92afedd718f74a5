"""The executor of timers and asynchronous work."""
