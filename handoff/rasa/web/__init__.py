"""The visitors' channel `web`: REST and Socket.IO, identity bound to a signed token."""
