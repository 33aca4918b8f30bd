"""What people may ask for, in words: the part of the notice that no declaration can give."""

from __future__ import annotations

from portal.personaldata import Text

RIGHTS = (
    (
        Text("Auskunft und Kopie", "Access and copy"),
        Text(
            "Sie können verlangen, dass wir Ihnen sagen, welche Daten wir über Sie verarbeiten, "
            "und eine Kopie in einem gängigen Format bekommen (Art. 15 und 20 DSGVO).",
            "You can ask which data about you we process, and get a copy in a common format "
            "(Art. 15 and 20 GDPR).",
        ),
    ),
    (
        Text("Berichtigung, Löschung, Einschränkung", "Rectification, erasure, restriction"),
        Text(
            "Sie können verlangen, dass wir falsche Daten berichtigen, Daten löschen oder ihre "
            "Verarbeitung einschränken (Art. 16 bis 18 DSGVO).",
            "You can ask us to correct wrong data, to erase data or to restrict their processing "
            "(Art. 16 to 18 GDPR).",
        ),
    ),
    (
        Text("Widerruf", "Withdrawal"),
        Text(
            "Eine Einwilligung können Sie jederzeit für die Zukunft widerrufen (Art. 7 Abs. 3 "
            "DSGVO). Als Gast tun Sie das mit Ihrem Code unter „Meine Daten als Gast“; Name, Code "
            "und Besuche werden dann auch in der Praxis gelöscht, und ein laufendes Gespräch "
            "endet. Was vorher geschah, bleibt rechtmäßig.",
            "You can withdraw a consent at any time for the future (Art. 7(3) GDPR). As a guest, "
            "you do so with your code under “My data as a guest”; name, code and visits are then "
            "deleted at the practice too, and a running call ends. What happened before remains "
            "lawful.",
        ),
    ),
    (
        Text("Widerspruch", "Objection"),
        Text(
            "Wo wir uns auf ein berechtigtes Interesse stützen, können Sie aus Gründen Ihrer "
            "besonderen Lage widersprechen (Art. 21 DSGVO).",
            "Where we rely on a legitimate interest, you can object on grounds of your particular "
            "situation (Art. 21 GDPR).",
        ),
    ),
    (
        Text("Beschwerde", "Complaint"),
        Text(
            "Sie können sich bei der Aufsichtsbehörde beschweren, die hier genannt ist, oder bei "
            "der an Ihrem Wohnort (Art. 77 DSGVO).",
            "You can complain to the supervisory authority named here, or to the one where you "
            "live (Art. 77 GDPR).",
        ),
    ),
    (
        Text("Freiwilligkeit", "Your free choice"),
        Text(
            "Ohne Namen, Code und Einwilligung können wir Sie per Video nicht anmelden; die "
            "Praxis erreichen Sie dann auf anderem Weg. Kein Programm entscheidet über Sie.",
            "Without name, code and consent we cannot announce you by video; you can then reach "
            "the practice in another way. No program decides about you.",
        ),
    ),
)
