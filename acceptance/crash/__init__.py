"""Killing the server at random instants under load, and checking what it promised."""
