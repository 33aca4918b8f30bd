/** Where sound comes out: a chosen speaker, for as long as it is plugged in. */

export class Speaker {
  /** The chosen one, or "" for what the system takes. */
  id = "";

  /** Let go of a speaker that was unplugged; says whether it was. */
  async lost() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    if (!this.id || devices.some(({ deviceId }) => deviceId === this.id)) return false;
    this.id = "";
    return true;
  }
}
