"""The demonstration federation: the real tree of Zhangzhou, synthetic unions and people (模拟)."""
