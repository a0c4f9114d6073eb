"""`meetbot bilaterals` and `meetbot create-bilaterals`: from pairs to meetings."""
