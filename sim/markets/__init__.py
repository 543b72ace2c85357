"""Markets that clear outside the spans: labour and construction land of the districts. Clearing only; who demands and supplies is elsewhere."""
