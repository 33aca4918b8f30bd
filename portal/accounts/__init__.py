"""Who somebody is: sign-in without cookies, second factors, sessions, invitations."""
