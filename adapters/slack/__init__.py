"""The district's Slack workspace: heard by Bolt through one door; what is posted and asked goes by the Web API."""
