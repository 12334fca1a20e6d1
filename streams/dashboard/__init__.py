"""``kabar dashboard``: what comes out of the worker, as a page, a JSON API and a stream of events.

A process of its own with a consumer of its own: it reads the output topics from some hours back, keeps
what it has room for, and follows. The way of a record:

    feed ─▶ items ─▶ store ─▶ listing, facets, series, worldmap, counts ─▶ api
                       └────▶ subscription (events, resumed by positions) ─▶ readers

Nothing here writes to the broker, and no number in an answer is made up: an article or an alert is
shown as it stands on its topic.
"""
