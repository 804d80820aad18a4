"""Shop, site and office platforms that visitors name, with the ways they write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PLATFORMS: Mapping[str, Sequence[str]] = {
    "Shopify": ("shopify", "shopify plus", "shoppify", "shopfy"),
    "Slack": ("slack",),
    "Google Workspace": (
        "google workspace",
        "google work space",
        "googleworkspace",
        "g suite",
        "gsuite",
        "g-suite",
        "google calendar",
    ),
    "WordPress": ("wordpress", "word press"),
    "WooCommerce": ("woocommerce", "woo commerce", "woo-commerce"),
    "Magento": ("magento", "adobe commerce"),
    "Microsoft 365": ("microsoft 365", "ms 365", "m365", "office 365", "office365", "o365", "microsoft365"),
    "Microsoft Teams": ("microsoft teams", "ms teams", "msteams"),
    "Outlook": ("outlook", "microsoft outlook", "ms outlook", "outlook calendar"),
    "Microsoft Exchange": ("microsoft exchange", "ms exchange", "exchange server", "exchange online"),
    "PrestaShop": ("prestashop", "presta shop"),
    "BigCommerce": ("bigcommerce", "big commerce"),
    "Wix": ("wix",),
    "Squarespace": ("squarespace", "square space"),
    "Shopware": ("shopware",),
    "Lightspeed": ("lightspeed",),
    "Webflow": ("webflow",),
    "Drupal": ("drupal",),
    "Joomla": ("joomla",),
    "Salesforce": ("salesforce", "sales force"),
    "HubSpot": ("hubspot", "hub spot"),
    "Zapier": ("zapier",),
    "Zoom": ("zoom rooms", "zoom meetings"),
    "Okta": ("okta",),
    "Notion": ("notion",),
}
"""Written name → spellings in lower case. "Teams" by itself is a word of every sales talk: see AMBIGUOUS."""

AMBIGUOUS: Mapping[str, str] = {"Teams": "Microsoft Teams", "Exchange": "Microsoft Exchange", "Zoom": "Zoom"}
"""Words that are a platform only when they are written like a name."""
