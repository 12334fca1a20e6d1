"""What touches Kafka: the worker, its delivery and its health, and the clients of the commands."""
