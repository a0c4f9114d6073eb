"""Mail and calendar: a letter becomes words, the words become a message, a transport takes the message away.

`letters` renders, `calendar` writes the calendar entry, `compose` builds the message, `transports` hands it over.
"""
