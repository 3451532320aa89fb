"""What ``NatsJournal`` needs of a NATS broker with JetStream. All but ``address`` needs nats-py."""
