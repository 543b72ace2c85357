"""Markets that clear outside the spans: labour and credit of the districts. Clearing only; who demands and supplies is elsewhere."""
