"""Zoom's own list of zones, fewer than IANA's. Start times go to Zoom in UTC, so that a zone is only for showing.

Source: Zoom API, Time zones.
"""

from __future__ import annotations

_CITIES = {
    "Africa": "Algiers Bangui Cairo Casablanca Djibouti Harare Johannesburg Khartoum Mogadishu Nairobi Nouakchott "
    "Tripoli Tunis",
    "America": "Anchorage Araguaina Argentina/Buenos_Aires Bogota Caracas Chicago Costa_Rica Denver Edmonton "
    "El_Salvador Godthab Guatemala Halifax Indianapolis Lima Los_Angeles Managua Mazatlan Mexico_City Montevideo "
    "Montreal New_York Panama Phoenix Puerto_Rico Regina Santiago Sao_Paulo St_Johns Tegucigalpa Tijuana Vancouver "
    "Winnipeg",
    "Asia": "Aden Almaty Amman Baghdad Bahrain Baku Bangkok Beirut Calcutta Dacca Damascus Dhaka Dubai Hong_Kong "
    "Irkutsk Jakarta Jerusalem Kabul Kamchatka Kathmandu Kolkata Krasnoyarsk Kuala_Lumpur Kuwait Magadan Manila Muscat "
    "Nicosia Novosibirsk Qatar Riyadh Saigon Seoul Shanghai Singapore Taipei Tashkent Tehran Tokyo Vladivostok Yakutsk "
    "Yekaterinburg",
    "Atlantic": "Azores Cape_Verde Reykjavik",
    "Australia": "Adelaide Brisbane Darwin Hobart Perth Sydney",
    "Europe": "Amsterdam Athens Belgrade Berlin Brussels Bucharest Budapest Copenhagen Dublin Helsinki Istanbul Kiev "
    "Lisbon London Luxembourg Madrid Moscow Oslo Paris Prague Rome Sofia Stockholm Vienna Warsaw Zurich",
    "Pacific": "Apia Auckland Fiji Honolulu Midway Noumea Pago_Pago Port_Moresby",
}
_LISTED = frozenset(f"{region}/{city}" for region, cities in _CITIES.items() for city in cities.split())

#: Zones that Zoom does not have, each with one of Zoom's whose clocks show the same. Yangon (UTC+6:30) has none.
SAME_CLOCKS = {
    "Africa/Addis_Ababa": "Africa/Nairobi",
    "Africa/Lagos": "Africa/Bangui",
    "Asia/Brunei": "Asia/Singapore",
    "Asia/Chongqing": "Asia/Shanghai",
    "Asia/Colombo": "Asia/Kolkata",
    "Asia/Dili": "Asia/Tokyo",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Asia/Jayapura": "Asia/Tokyo",
    "Asia/Karachi": "Asia/Tashkent",
    "Asia/Kuching": "Asia/Kuala_Lumpur",
    "Asia/Macau": "Asia/Hong_Kong",
    "Asia/Makassar": "Asia/Singapore",
    "Asia/Phnom_Penh": "Asia/Bangkok",
    "Asia/Pontianak": "Asia/Jakarta",
    "Asia/Pyongyang": "Asia/Seoul",
    "Asia/Thimphu": "Asia/Dhaka",
    "Asia/Ulaanbaatar": "Asia/Irkutsk",
    "Asia/Vientiane": "Asia/Bangkok",
    "Australia/Melbourne": "Australia/Sydney",
    "Europe/Kyiv": "Europe/Kiev",
    "Pacific/Guam": "Pacific/Port_Moresby",
}


def zoom_zone(name: str) -> str:
    """Zoom's zone for an IANA one: its own, one with the same clocks, or "UTC"."""
    return name if name in _LISTED else SAME_CLOCKS.get(name, "UTC")
