"""ronghe (融合): an agent-based simulation of urban-rural factor flows in the Chang-Ji Joint Area pilot zone."""
