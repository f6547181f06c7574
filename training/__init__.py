"""Trains the network and publishes it: offline, never imported by the service."""
