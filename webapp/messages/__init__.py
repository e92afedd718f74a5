"""消息: what a person is told, where she wants it, and how an organisation sends it."""
