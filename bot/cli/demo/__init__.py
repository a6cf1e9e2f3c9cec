"""`paidan demo`: a sales team's morning. Everything but the people and the customers is the real program."""
