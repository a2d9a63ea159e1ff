"""What the acceptance tests are made of: a real server, clients, databases and browsers."""
