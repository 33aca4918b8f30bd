"""Two ends of a connection whose pasts do not fit, in a real browser."""

from __future__ import annotations

import pytest

# One page has answered another that is gone, and offers to one that is new: both want to be the
# client of the handshake, so that the browser refuses the answer. The server is a loop in the page.
STORY = """
const base = document.querySelector("script[type=module]").src.replace(/[^/]*$/, "");
const { Mesh } = await import(`${base}call/mesh.js`);
const { Peer } = await import(`${base}call/peer.js`);
const { certificate } = await import(`${base}call/certificate.js`);
const { localMedia } = await import(`${base}call/media.js`);
const [call, ice] = ["c".repeat(32), { servers: [], relay_only: false }];
const media = localMedia();
const shared = { call, ice, media, certificate: await certificate() };
const configuration = { bundlePolicy: "max-bundle", certificates: [shared.certificate] };

class Server {
  heard = new EventTarget();
  on(type, act) {
    const hear = ({ detail }) => act(detail);
    this.heard.addEventListener(type, hear);
    return () => this.heard.removeEventListener(type, hear);
  }
  tells(type, detail) {
    setTimeout(() => this.heard.dispatchEvent(new CustomEvent(type, { detail })));
  }
  send(type, body) {
    this.other.tells(type, { ...body, from: this.me });
  }
  async request(type, { session }) {
    for (const each of [this, this.other]) {
      each.tells("call.joined", { call, participant: { ...person(this.me), session } });
    }
    return { participants: [{ ...person(this.other.me), session: this.other.mesh.session }] };
  }
}
const person = (participant) => ({ participant, name: participant[0], role: "guest" });
const [mine, theirs] = [new Server(), new Server()];
[mine.other, theirs.other] = [theirs, mine];
[mine.me, theirs.me] = values.map((letter) => letter.repeat(32));
for (const [each, session] of [[mine, "1"], [theirs, "2"]]) {
  const { me } = each;
  each.mesh = new Mesh({ ...shared, me, session: session.repeat(32), signalling: each });
}
window.refused = 0;
const apply = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function (description) {
  return apply.call(this, description).catch((error) => {
    window.refused++;
    throw error;
  });
};
const [gone, peer] = [0, 1].map(() => new Peer({ configuration, media }));
await gone.link.offer();
await peer.receive(gone.link.description);
gone.close();
mine.mesh.meet({ ...person(theirs.me), session: theirs.mesh.session }, { peer });
theirs.mesh.meet({ ...person(mine.me), session: mine.mesh.session });
window.isOpen = () => [mine, theirs].every(({ mesh }) => {
  const [{ peer: { link } }] = mesh.entries.values();
  return link.isSound && link.pc.signalingState === "stable";
});
peer.negotiation.restart();
"""


@pytest.mark.requirement("CALL-11")
@pytest.mark.parametrize(("mine", "theirs"), [("a", "b"), ("b", "a")])
def test_two_ends_whose_pasts_do_not_fit_begin_anew(here, mine, theirs):
    here.open("/j")
    here.run_async(STORY, mine, theirs)
    here.wait(lambda: here.run("return window.refused > 0"), "the browser refuses an answer")
    here.wait(lambda: here.run("return window.isOpen()"), "both ends are open to each other")
