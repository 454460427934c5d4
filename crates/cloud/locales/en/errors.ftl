# What is said when a page cannot be shown or a request not be served.

error-title = { $status ->
    [400] Bad request
    [401] Not logged in
    [403] Not allowed
    [404] Nothing here
    [405] Not possible
    [413] Too large
    [429] Too often
    [500] Our mistake
    [503] Not just now
   *[other] Not possible
}
error-home = Go to the start page
error-not-found = There is nothing here. It may have moved, or belong to somebody else.
error-refused = This request did not come from a page of this cloud. Open the page again and repeat it there.
error-signed-out = You are not logged in.
error-wrong-method = This page cannot be used that way.
error-unavailable = This does not work just now, and nothing was changed. Please try again in a moment.
error-broken = Something went wrong on our side. Please try again.
error-disk-full = The cloud’s disk is full, so nothing can be saved just now. Nothing was lost. Please try again later.
error-too-often = That was too often. Please wait { $wait } and try again.
error-form = This form cannot be read. Open the page again and fill it in there.
error-form-too-large = That is more than a form can hold.
error-mails-used-up = No further mail goes to this mailbox for now. The button in the newest mail works for 24 hours: press it. Or ask again in { $wait }.
offline-title = No connection
offline-words = You have no connection to the cloud.
offline-hint = Check the Wi-Fi or mobile data. If other pages work, the cloud itself may be down.
