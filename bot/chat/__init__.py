"""What people say to the bot and what it says to them: cards, commands, replies."""
