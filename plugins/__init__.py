"""Special projects and providers that an organisation may switch on;
each knows only the plugin API.
"""
