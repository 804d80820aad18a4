"""E-mail to visitors who have left the chat."""
