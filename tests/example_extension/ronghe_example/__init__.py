"""An example for those who bring their own: advisers in villages (a lever) and households that think again (a behaviour rule)."""
