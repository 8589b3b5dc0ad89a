"""What a briefing has decided, who does it until when, and what became of it."""
