// Tells the pages that wait for it that somebody is signed in again, and closes the small window.

new BroadcastChannel("desk-signed-in").postMessage("here");
close();
