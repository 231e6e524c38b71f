"""What can be done with webhooks."""

from bookbridge.bridge.webhooks.operations.consumers import (
    OVERLAP_DEFAULT,
    TooManyConsumersError,
    create_consumer,
    delete_consumer,
    reseal_secrets,
    rotate_secret,
    update_consumer,
)
from bookbridge.bridge.webhooks.operations.delivering import Turn, deliver_turn
from bookbridge.bridge.webhooks.operations.publishing import publish_events
from bookbridge.bridge.webhooks.operations.replaying import (
    ConsumerDisabledError,
    Replayed,
    replay_failed,
    replay_message,
    replay_missed,
    send_test,
)
from bookbridge.bridge.webhooks.operations.sweeping import queue_stranded_webhooks, sweep_events

__all__ = [
    "OVERLAP_DEFAULT",
    "ConsumerDisabledError",
    "Replayed",
    "TooManyConsumersError",
    "Turn",
    "create_consumer",
    "delete_consumer",
    "deliver_turn",
    "publish_events",
    "queue_stranded_webhooks",
    "replay_failed",
    "replay_message",
    "replay_missed",
    "reseal_secrets",
    "rotate_secret",
    "send_test",
    "sweep_events",
    "update_consumer",
]
