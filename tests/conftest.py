"""What all tests share."""

pytest_plugins = ["tests.embedded", "tests.kafka"]
