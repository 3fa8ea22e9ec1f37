"""What a newsroom is and decides. Pure: no clock, no random ids, no environment."""
