"""The calls that meetbot makes to Zoom, one method for each, in one file for each thing that they are about.

Sources: Zoom API, Meetings, Webinars, Reports, Dashboards, Users, Team Chat, and the pages of the single calls.
"""
