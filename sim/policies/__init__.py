"""Levers: what a user can choose, and how a choice becomes rules that agents read. A lever never touches a household."""
