"""The vault of this installation, without which no process of it may touch what is to be sealed."""

from typing import Final

from streams.domain.agencies import AgencyRegister
from streams.ledger.connection import Session
from streams.ledger.sealed import sealed_by_others
from streams.ledger.vault import Vault, VaultRefused, read_vault
from streams.settings import Settings, SettingsError

MAKE: Final = "`switchboard identity sealed make-key FILE`"


def sealing_agencies(register: AgencyRegister) -> list[str]:
    """Return the agencies for which a signed agreement turns the sealed store on."""
    return sorted(each.id for each in register.agencies.values() if each.seals_suspects)


def vault_of_settings(settings: Settings, register: AgencyRegister) -> Vault | None:
    """Return the vault; None where no agency has the sealed store on.

    Raises `SettingsError` where one has it on and there is no key that can be used: what came
    would be gone, though an agreement says that it is kept.
    """
    agencies = sealing_agencies(register)
    if not agencies:
        return None
    why = f"the register turns the sealed store on for {', '.join(agencies)}"
    if settings.sealed_key_file is None:
        words = "operations must make a key"
        message = (
            f"{why}, and SWITCHBOARD_SEALED_KEY_FILE names no master key; {words} ({MAKE}), keep "
            "it out of the database and its backups, and give it to every worker and clock; or "
            "whoever keeps the register must turn the store off"
        )
        raise SettingsError(message)
    try:
        return read_vault(settings.sealed_key_file)
    except VaultRefused as refused:
        raise SettingsError(f"{why}: {refused}") from refused


def demand_same_key(session: Session, vault: Vault | None) -> None:
    """Raise `SettingsError` where something waits that another master key sealed."""
    if vault is None:
        return
    others = sealed_by_others(session, vault.key_id)
    if others:
        kept = ", ".join(f"{count:,} by {key_id}" for key_id, count in sorted(others.items()))
        message = (
            f"sealed events were sealed by another master key than {vault.key_id}: {kept}; "
            "operations must give the key of that id again, or go over to the new one by "
            "`switchboard identity sealed rotate`"
        )
        raise SettingsError(message)
