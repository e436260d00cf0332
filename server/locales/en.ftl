# What people read, in English. The Dutch file comes first; the keys of both are the same.

language-name = English
product = Sleutelbos
skip = Skip to content
cancel = Cancel
try-again = Try again
remove = Remove
reference = Reference for the help desk:
time-left = Time left:
log-out = Log out
user-number = User number
help-link = I cannot log in
to-login = Go to log in
to-activate = First time here, or password forgotten
to-start = To the start
back-to-account = Back to my account
to-the-field = Go to the field
needs-javascript = This way of logging in needs JavaScript. Switch JavaScript on in your browser and reload the page.
offline = There is no connection
    .detail = We cannot reach the server. Check your internet connection and try again.

## Logging in

login-title = Log in
log-in = Log in
username = Username
username-hint = This is the e-mail address you log in with.
password = Password
caps-lock = Caps Lock is on. You are typing capitals.
num-lock = Num Lock is off. The digits at the right of your keyboard do not work now.
remember = Remember my username
remember-hint = Only do this on a computer that you alone use.
login-other = Log in without a password
login-passkey = Log in with a passkey or security key
login-card = Log in with a UZI card
fill-username = Enter your username.
fill-password = Enter your password.
error-incomplete = You cannot log in yet
    .detail = A field is still empty. Fill it in and try again.
login-wrong-field = Check your username and password.

choice-title = Choose your organisation
choice-lead = You have an account at more than one organisation. Choose the one you work for now.
choice-question = At which organisation do you want to log in?
choice-agb = AGB code { $agb }
choice-field = Choose an organisation.
choice-action = Continue
check-title = Two-factor authentication
check-lead = Your password is right. Now show that it is you with your security key or passkey.
check-first-lead = Your password is right. Now use the key or passkey you added. From then on it counts as your extra check.
check-card-lead = Your password is right. Now show that it is you with your UZI card and your card PIN.
other-way = Another way
check-key-instead = I use my security key or passkey
another-lead = Do you no longer have that key or passkey?
another = Add another one
passkey-title = Log in with a passkey or security key
passkey-lead = You do not need a username and password. Follow the question of your browser.
confirm-title = Confirm that it is you
confirm-lead = You are changing what you log in with. So first use your key or passkey once more.
confirm-card-lead = You are changing what you log in with. So first use your card and your card PIN once more.
password-again-lead = You are adding something to log in with, and you have been in for a while. So first enter your password once more.
password-again-empty = Nothing is filled in yet
    .detail = Enter your password and try again.
password-again-wrong = Your password is not right
    .detail = Nothing was changed. Mind capitals and small letters: they count. After a few wrong tries, logging in with a password is blocked for a while.
    .field = Check your password.
try-title = Try your key or passkey
try-lead = Use it once now. Then you are sure that you can log in with it.
key-waiting = We are waiting for your key or passkey.
key-waiting-hint = Put your security key into the computer and touch it when it flashes. Or follow the question on your screen.
key-done = Done. You can go on.
key-cancelled = You are not logged in yet
    .detail = No key or passkey was used, or the time was up. Keep your key at hand and try again.
    .alone = No key or passkey was used, or the time was up. Keep your key at hand and try again. A key that you added as a security key only works after your password: then log in with your username and password. You can change that under My account.
key-not-confirmed = This is not confirmed yet
key-unsupported = This browser cannot do this
    .detail = Your browser does not work with security keys and passkeys. Use a recent version of Chrome, Edge, Firefox or Safari.
key-address = This address is not safe enough
    .detail = A key or card only works at the right address with a padlock in the address bar. Open the page through the address your organisation gave you.
key-no-pin = Your key has no PIN yet
    .detail = This application needs a key PIN. Open the settings of your computer or browser, choose Security keys and set a PIN. Then try again.

card-title = Log in with a UZI card
card-lead = You log in with your card and your card PIN.
card-ready = Put your card into the reader, chip first.
card-looking = We are looking for the card program on your computer.
card-waiting = Put your card into the reader, chip first.
card-waiting-hint = A window of the card program opens. Enter your card PIN there. Never enter your PIN on a web page.
card-checking = We are checking your card.
card-done = Done. You can go on.
card-extension-missing = We cannot find the browser extension
    .detail = Without the extension this page cannot read your card. Switch on the Sleutelbos extension in your browser, or ask your administrator to install it. Then reload this page.
card-agent-missing = We cannot find the card program
    .detail = The extension works, but the program that serves your card reader does not answer. Install the Sleutelbos agent, or ask your administrator for help. Then restart your browser.
card-old-version = The card program is too old
    .detail = The extension and the card program do not fit together. Update them both, or ask your administrator for help.
card-cancelled = You stopped logging in with your card
    .detail = Nothing has changed. If you want to use your card after all, try again.
card-late = The time is up
    .detail = The card program did not get a PIN in time. Keep your card at hand and try again.
card-pending = A window is already open
    .detail = The card program is still waiting for your PIN. Find the window on your screen, enter the PIN or close the window, and try again.
card-failed = We cannot read your card
    .detail = Check that the reader is connected and that your card is in the reader, chip first. Then try again.
card-needs = What you need
card-need-agent = The Sleutelbos agent and the browser extension on this computer.
card-need-reader = A card reader, with your UZI card in it, chip first.
card-need-pin = Your card PIN.

## Enrolling a key, passkey or card

enrol-title = Choose how you will log in from now on
enrol-only = Choose what you will use from now on to show that it is you. What is safest stands at the top.
enrol-lead = Choose what you want to add to your account.
security-key = Security key
    .need = You need a key that you put into the computer or hold against your phone.
passkey = Passkey (an access key on your device)
    .need = You use the fingerprint, face or PIN of your computer or phone.
card = UZI card
    .need = You need your card, a card reader and your card PIN.
    .need-first = You need your card, a card reader and your card PIN. First set up a security key or passkey: with that you link your card.
    .need-pin = You need your card, a card reader and your card PIN. You link it with your user number and your account PIN.
enrol-security-key-title = Add a security key
enrol-security-key-lead = Give your key a name. Then put it into the computer and touch it.
enrol-security-key-ready = Press the button below. Your browser then asks for your key.
enrol-security-key-waiting = Touch your key when it flashes.
enrol-security-key-action = Add key
enrol-passkey-title = Add a passkey
enrol-passkey-lead = Give your passkey a name. Your browser then asks for your fingerprint, face or PIN.
enrol-passkey-ready = Press the button below and follow the question of your browser.
enrol-passkey-waiting = Follow the question of your browser.
enrol-passkey-action = Add passkey
factor-name = Name
factor-name-hint = For example: key on my key ring. So you will recognise it in the list later.
default-name-security-key = My security key
default-name-passkey = My passkey
key-enrolled = Done. You can go on.
enrol-cancelled = It has not been added yet
    .detail = No key or passkey was used, or the time was up. Nothing has changed. Keep your key at hand and try again.
enrol-already = This key already belongs to your account
    .detail = You can log in with it. Use another key if you want to add a spare one. If you want to use this one without a password too, choose that under My account.
enrol-card-title = Link a UZI card
enrol-card-lead = After this you log in with your card and your card PIN.
enrol-card-action = Link card

## The wizard: setting up a second factor, in three steps

steps = Steps
step-introduction = Introduction
step-factor = Set up two-factor authentication
step-recovery = Recovery code
wizard-title = Set up two-factor authentication
wizard-lead = You log in with a password. Now a second check comes with it: you show in another way too that it is you. That is called two-factor authentication.
wizard-why = Whoever guesses or sees your password then still does not reach the data of your patients.
wizard-what = You choose what to use for it, such as a key, your phone or your laptop. After that you get a recovery code for when you lose that. It takes about five minutes.
wizard-begin = Begin
enrol-nothing = Do you have none of these?
    .detail = Ask your contact person which key, phone or card you get from your organisation. Are you the contact person yourself? A computer shop sells security keys; ask for one that does FIDO2. On many computers and phones you make a passkey without buying anything.
prove-title = Now use it once
prove-lead = Show that it works. After that you are logged in, and it counts as your second factor.
prove-another = This does not work, I choose something else

## My account

account-title = My account
your-name = Name
organisation = Organisation
level = Assurance of this log-in
level-low = Low: you logged in with your password only.
level-substantial = Substantial: you logged in with two-factor authentication.
level-high = High: you logged in with a key or card and its PIN.
factors-title = What you log in with
factors-lead = Make sure that you always have two. If you lose one, you can still log in with the other.
factor-added = Added on { $date }.
factor-used = Last used on { $date }.
factor-unused = Not used yet.
factor-unproven = This does not count as a spare yet: use it once first.
factor-copied = This key seems to have been copied. So it no longer works. Remove it, add another one and tell your contact person.
factor-alone = With this you can also log in without a password.
factor-after-password = With this you log in after your password.
upgrade = Also without a password
upgrade-label = Use { $name } without a password too
upgrade-title = Use your key without a password too
upgrade-lead = Your key then remembers who you are. You log in with the key and its PIN or your fingerprint, also while your password is blocked.
upgrade-ready = Use the key that you have added already and press the button below. If it has no PIN yet, you choose one now. After that you use it once more. If your key cannot do this, nothing changes.
upgrade-waiting = Follow the question of your browser and touch your key when it blinks.
upgrade-action = Set up the key
try-now = Try now
try-label = Try { $name } now
factor-unlisted = You log in with this at level Substantial. The key is not on the list of keys that are allowed for High. Ask your contact person which keys are.
remove-label = Remove { $name }
add-factor = Add a key, passkey or card
sessions-title = Where you are logged in
sessions-lead = Do you see a log-in that you do not know? End it, and tell your contact person.
this-session = This browser
session-browser = { $browser } on { $system }
session-unknown = Unknown browser
session-agent = Sleutelbos agent
session-begun = Logged in on { $date }.
session-seen = Last active on { $date }.
end-session = End
end-session-label = End the log-in of { $date }
remove-title = Do you want to remove this?
remove-text = You can then no longer log in with it. If you want to use it again later, you add it again.
remove-last = This is your only safe way to log in
    .detail = That is why you cannot remove it now. First add another key, passkey or card. Use it once. Then you can remove this one.
remove-yes = Yes, remove
remove-no = No, back to my account
factor-kind-security-key = Security key
factor-kind-passkey = Passkey
factor-kind-card = UZI card
notice-enrolled = Added. You can log in with it from now on.
notice-enrolled-waiting = Added. Below you see from when on you log in with it.
notice-enrolled-untried = Added. Try it once below: then you are sure that it works.
notice-enrolled-unlisted = Added. You can log in with this from now on, at level Substantial. For High you need a key that is on the list of allowed keys. Ask your contact person which ones are.
notice-first = Added. Now use it once: from then on it counts as your second factor.
notice-first-unlisted = Added. Now use it once. It gives you level Substantial: the key is not on the list of keys that are allowed for High.
notice-expired = You waited too long. You are not logged in yet. Start logging in again.
notice-removed = Removed. You can no longer log in with it.
notice-ended = The log-in has been ended.
notice-gone = That log-in was over already. You need not do anything.
notice-cancelled = Logging in was stopped. Nothing has changed.

## Recovery code

recovery-title = Recovery code
recovery-code = Recovery code
recovery-code-hint = Enter all digits. Dashes and spaces are allowed, but not needed.
recovery-lead = Have you lost everything you log in with, such as your key, phone or card? With your password and your recovery code you still log in once.
recovery-keep = Keep the code on paper, in another place than your computer and your key. Give it to nobody. We never ask for it, not on the phone either.
recovery-replaces = You have a recovery code already. It stops working as soon as you make a new one.
recovery-make = Make a recovery code
recovery-again = Make a new recovery code
recovery-later = Back to my account
recovery-put-off = Not now
recovery-this = This is your recovery code. Keep it now.
recovery-used = You are logged in. Your old recovery code was used and no longer works. Below is your new one.
recovery-lost = Have you really lost your key, passkey or card? Then log in again and choose ‘Set up two-factor authentication anew’ at the second step. Use your new code there.
recovery-of = Of: { $name }
recovery-for = With this code and your password you log in once when you have nothing else left. Keep it on paper, not near your computer. Give it to nobody.
recovery-once = You see this code only now. We cannot show it again later.
recovery-copy = Copy
recovery-copied = The code was copied.
recovery-print = Print
recovery-download = Save as a text file
recovery-file = Sleutelbos: recovery code
recovery-file-name = sleutelbos-recovery-code.txt
recovery-have-it = I have kept the code
recovery-confirm-title = Show that you have the code
recovery-confirm-lead = Take the recovery code that you just kept and enter it here. Then you know for sure that it is right.
recovery-confirm = Check
recovery-malformed = This is no recovery code
    .detail = A recovery code has 16, 20 or 24 digits, such as 1234-5678-9012-3456. Look whether you entered all of them.
recovery-wrong = This recovery code is not right
    .detail = Look whether you have the newest code: an older one no longer works. You can try { $left ->
        [one] 1 more time
       *[other] { $left } more times
    }.
recovery-login-title = Log in with your recovery code
recovery-login-lead = Your password is right. Now enter your recovery code. It works once: after that you get a new one at once. What is in your account stays there.
recovery-other-way = I use my key, passkey or card after all
login-recovery = Use a back-up code or e-mail
recovery-not-yet = You can make a recovery code as soon as you have used a second factor once.
recovery-missing = You have no recovery code yet. Make one: when you have lost everything, you still log in once with it.
recovery-unconfirmed = On { $date } you made a recovery code, but you have not shown yet that you have it. If you are not sure that you have it, make a new one.
recovery-there = You have a recovery code, made on { $date }.
notice-recovery-kept = The code is right. Keep it well.

## Other pages

logged-out = You are logged out
    .detail = Are you on a computer that others use too? Then close the browser as well, and take your card or key with you.
log-in-again = Log in again
blocked-capitals = Mind capitals and small letters: they count in your password.
blocked-now = You can log in now with your UZI card, passkey or key with a PIN. If you have none of these, ask your contact person to lift the block.
codes-blocked-now = You can log in now with your UZI card, passkey or security key. If you have none of these, ask your contact person to lift the block.
codes-blocked-stranger = Did you not enter wrong codes yourself? Then somebody else knows your password. Tell your contact person at once.
help-title = I cannot log in
help-lead = Choose what fits. Your contact person is the colleague who manages the accounts of your organisation.
help-password = I forgot my password
    .detail = Do you have your user number and PIN? Then choose 'First time here, or password forgotten' on the log-in page. With a passkey or UZI card you log in without a password. A security key works without a password only if you set that up under My account. If you lost your PIN, choose Forgot my PIN there.
help-blocked = Logging in with a password is blocked
    .detail = After a few wrong tries you have to wait. The page says until when. Capitals count. With your UZI card, passkey or key with a PIN you can log in at once. If you have none of these, ask your contact person to lift the block.
help-pin = My account PIN does not work
    .detail = A PIN has 8 letters and digits, and capitals count. It stops working when there is a new one, or when you used it and have no key, passkey or card yet. After 5 wrong tries it is blocked. Ask your contact person to lift the block. If you lost it, choose Forgot my PIN on the page where you fill it in.
help-key = I lost my key or phone
    .detail = Log in with another key, passkey or with your UZI card, and remove the lost key under My account. If you have no other, you still log in once with your password and your recovery code. If you do not have that either, ask your contact person for an access code. With it you set up something new after your password.
help-card = My UZI card does not work
    .detail = Check that the reader is connected and that your card is in the reader, chip first. If your card PIN is blocked, you need the PUK code that came with your card. If your card has expired or was revoked, ask the UZI register for a new one.
help-key-pin = I forgot my key PIN
    .detail = After 8 wrong tries a key is blocked and has to be erased. Log in another way, remove the key under My account and add it again.
help-contact = I am a contact person and have nothing left to log in with
    .detail = Then nobody in your organisation can help you. Call the operator of this system. They first check that it is really you. Never say a password, PIN or code on the phone.
    .call = Then nobody in your organisation can help you. Call the operator of this system: { $number }. They first check that it is really you. Never say a password, PIN or code on the phone.
help-recovery-title = Problems with a recovery code?
help-recovery-lead = Choose what fits you. Besides the recovery code you always need your password.
help-recovery = My recovery code is not accepted
    .detail = Only the newest code works, and only once. Look whether you entered all digits. After a few wrong codes you have to wait: the page says until when. If it still does not work, use your key, passkey or card, or ask your contact person for an access code.
help-recovery-lost = I have lost my recovery code
    .detail = Can you still log in with your key, phone or card? Then make a new recovery code under My account. The old one then no longer works. If you cannot log in any more, ask your contact person for an access code. With it you set up something new after your password.
help-recovery-never = I never got a recovery code
    .detail = You get it in step 3 when you set up two-factor authentication. If you skipped that step, make a recovery code under My account once you are logged in.
help-recovery-seen = Somebody else has seen my recovery code
    .detail = Log in and make a new recovery code under My account at once. The old one then no longer works. If that person knows your password too, choose a new password and tell your contact person.
help-remember-link = What does this computer remember then?
help-remember-title = Remember my username
help-remember-lead = Next time this computer then fills in your username. It does not remember your password. It is off until you turn it on.
help-remember-own = Only I use this computer
    .detail = Tick the box and log in. The name stays in this browser only.
help-remember-shared = Others use this computer too
    .detail = Leave the box empty. Otherwise the next person sees your username there.
help-remember-stop = There is a name that should go
    .detail = Untick the box and log in once. The browser then forgets the name. You can also remove the cookies of this website.
help-account = I have no account yet
    .detail = Ask your contact person to make an account for you. You get a user number and a PIN, and choose a password with them: choose 'First time here, or password forgotten' on the log-in page.

## User administration and settings, for contact persons

save = Save
manage-title = Managing your organisation
manage-lead = You are a contact person, so you can help your colleagues here.
manage-people = User administration
manage-settings = Settings
confirm-manage-lead = You are about to manage your organisation. So use your key or passkey once more first.
confirm-manage-card-lead = You are about to manage your organisation. So use your card and its PIN once more first.
people-title = User administration
people-lead = These are the accounts of your organisation. Choose a colleague to help.
people-search = Find a colleague
people-search-hint = Type the beginning of a name or an e-mail address.
people-search-button = Search
people-all = All colleagues
people-found = Colleagues found
people-nobody = We find nobody. Check how you spell the name, or type only its beginning.
people-pages = Pages of colleagues
people-previous = Previous colleagues
people-next = Next colleagues
people-everybody = Show all colleagues
back-to-people = Back to user administration
back-to-person = No, back to this colleague
to-person = Go to this colleague
authorisations = Authorisations
authorisations-hint = This is what your colleague may do in the applications of your organisation. Choose only what your colleague needs for the work.
authorisations-title = Change authorisations
authorisations-lead = What you choose here holds at once. Your colleague and all contact persons get an e-mail about it.
authorisations-none = None
person-role = Role
role-main-contact = Main contact person
role-contact = Contact person
role-colleague = Colleague
person-last = Last logged in
person-never = Not yet, or longer ago than we keep
person-factors = Logs in with
person-no-factor = A password only. The second factor is not set up yet.
person-blocked = Logging in with a password is blocked
person-blocked-until = A wrong password was given too often. { $moment } the block ends by itself.
person-blocked-closed = A wrong password was given too often. The block does not end by itself.
person-pin-blocked = The PIN of the account is blocked
    .detail = A wrong PIN was given too often. The block does not end by itself.
person-unblock-sure = Are you sure that it was your colleague? Call or speak to the colleague first. Never ask for a password or PIN.
person-unblock = Lift the block
person-change = What do you want to do?
person-oneself = For anything else in your own account, ask another contact person of your organisation.
person-name-wrong = The name was not changed
    .detail = A name has 1 to 200 characters. Fill in the name and try again.
person-name-field = Fill in a name of 1 to 200 characters.
rename-title = Change the name
rename-text = Do this when the name is misspelt or your colleague has another name now. A UZI card can only be linked when the name on the card fits this name.
role-give = Make contact person
    .detail = A contact person can help colleagues, end accounts and change the settings of your organisation. There are three at most.
    .yes = Yes, make contact person
role-give-post = { $name } has not chosen a password yet. The PIN from the Inbox no longer works after this. A new PIN goes by post, in a letter to { $name }: { $address }.
role-take = No longer contact person
    .detail = This colleague can no longer help others. The account stays.
    .yes = Yes, take the role away
end-title = End the account
end-now = Do this when your colleague leaves. From then on nobody can log in with this account. Your colleague is logged out everywhere, and all keys, passkeys and cards are unlinked.
end-address = The e-mail address is free again after that. An account that you make with it later is a new account.
end-for-ever = You cannot undo this.
end-yes = Yes, end the account
person-codes-blocked = Logging in with codes is blocked
person-codes-until = A wrong code was filled in too often, for example of an app or on paper. { $moment } the block ends by itself.
person-codes-closed = A wrong code was filled in too often, for example of an app or on paper. The block does not end by itself.
person-unblock-oneself = You cannot lift a block of your own. Another contact person of your organisation can. Is there none? Then call the operator of the server.
person-number-masked = A PIN of this colleague is in your Inbox, or you looked at one. That is why you see only the end of the number here.
person-waived = Two-factor authentication is off for a while
person-waived-until = Until { $moment } this colleague logs in with a password alone.
add-title = Add a colleague
add-lead = Your colleague gets a user number and a PIN, and chooses a password with them.
add-name = Name
add-name-hint = First name and surname, as on a UZI card if your colleague has one.
add-email = E-mail address
add-email-hint = Your colleague logs in with it. Use an address that only your colleague reads.
add-email-wrong = Fill in a whole e-mail address, like name@practice.example.
add-email-taken = This e-mail address belongs to an account of your organisation already. Fill in another one, or look for your colleague in User administration.
add-role = What may this colleague do?
add-role-hint = A colleague manages their own account only. A contact person helps others in User administration too, and gets the PIN by post.
add-contact = This colleague becomes a contact person
add-action = Add colleague
add-wrong = Nobody has been added yet
    .detail = Mend what is marked below. What you filled in is still there.
added-title = The colleague was added
added-next = What happens next
added-number = We e-mail the user number to { $address }. Give it to your colleague.
added-main-contact = the e-mail address of the main contact person
added-pin = The PIN is in your Inbox. Look at it within { $pin_in_the_box }, and give it to your colleague yourself.
added-post = The PIN goes by post, in a letter to your colleague. The letter is printed and goes to the post. That may take a few working days.
added-choose = On the log-in page, under ‘First time here, or password forgotten’, your colleague chooses a password, with the number and the PIN. That is possible for { $activation }.
added-apart = Never send number and PIN together. Never ask your colleague to say the PIN aloud.
added-to-inbox = Go to the Inbox
number-title = Send the user number again
number-lead = We e-mail the user number to { $address }. Give it to your colleague after that.
number-not = It goes to no other address. Was there no PIN of this colleague in your Inbox? Then the number is on your colleague's page too.
number-yes = Send number again
pin-title = New PIN
pin-lead = The new PIN comes to your Inbox. With it and the user number, your colleague chooses a new password. Two-factor authentication does not change.
pin-old = The old PIN works until you look at the new one. You can have one PIN made a day. Your colleague is told of it.
pin-yes = Make a new PIN
pin-made-title = The new PIN was made
pin-number = Your colleague's user number has not changed. Is it lost? Then have it sent again.
pin-choose = On the log-in page, under ‘First time here, or password forgotten’, your colleague chooses a new password, with the number and the PIN.
pin-post-lead = The new PIN goes by post, in a letter to { $name }: { $address }. With it and the user number, a new password is chosen. Two-factor authentication does not change.
pin-post-old = The old PIN works until the letter goes to the post. You can have one PIN made a day. Your colleague is told of it.
pin-post-yes = Have a letter made
pin-post-made = The letter is printed and goes to the post. That may take a few working days.
pin-post-give = Does the letter come in with you? Then give it to your colleague unopened. The PIN has to be used within { $pin_by_post }.
waiver-title = Switch off two-factor authentication for a while
waiver-lead = Do this only if your colleague lost everything they log in with. Your colleague then gets in with a password alone, and so does anybody else who knows that password.
waiver-sure = Call or speak to the colleague first. It lasts as long as you choose, also where two-factor authentication becomes compulsory for everybody meanwhile. It can be done once in { $waiver_again }. Your colleague and all contact persons are told.
waiver-days = For how many days?
waiver-days-hint = From 1 to { $waiver }.
waiver-days-wrong = Fill in a whole number of days, at most { $waiver }.
waiver-reason = Why?
waiver-reason-hint = In a few words, with nothing about anybody's health. The reason is in the message.
waiver-reason-wrong = Fill in a reason of 1 to 200 characters.
waiver-yes = Switch off for a while
waiver-wrong = Nothing has changed
    .detail = Mend what is marked below. What you filled in is still there.
waiver-next = It was done for this colleague already. It can be done again from { $moment } on.
waiver-to-unforce = Go to Settings: two-factor authentication not compulsory for a while
waiver-end = Switch on again
notice-number-sent = The user number is being e-mailed.
notice-waived = Two-factor authentication is off until the day that you chose.
notice-waiver-ended = Two-factor authentication is on again. Your colleague is logged out everywhere.
notice-no-waiver = Two-factor authentication was on already. There is nothing to do.
error-pin-too-soon = A PIN was made today already
    .detail = One PIN a day can be made for each colleague. Today's is in the Inbox of a contact person, or goes by post. If that one does not work, have a new one made tomorrow.
error-post-not-set = No letter can be made
    .detail = A contact person's PIN goes by post, and this server has no print service yet. Nothing has changed. Call the operator, who sets that up.
error-no-postal-address = The postal address of your organisation is not known
    .detail = A contact person's PIN goes by post, to the postal address of your organisation. Nothing has changed. Call the operator, who records the address.
error-not-printable = The name or the address cannot be printed
    .detail = It has characters that do not fit on a letter. Nothing has changed. Change your colleague's name into letters that can stand on an envelope, or call the operator.
error-no-such-authorisation = This authorisation is not there any more
    .detail = Nothing was saved. The operator has changed the list. Open the page again and choose once more.
error-authorisations-changed = The authorisations were changed meanwhile
    .detail = Your choice was not saved. Somebody else has just changed the authorisations of this colleague. You now see what holds. Check it and choose again.
error-number-too-soon = The number was e-mailed a moment ago
    .detail = Nothing was sent. See whether the mail has arrived, among unwanted mail too. After { $number_again } you can have the number sent again.
error-waiver-contact-person = A contact person always uses two-factor authentication
    .detail = It cannot be switched off for a contact person. Did they lose everything? Then call the operator of the server.
error-waiver-forced = Two-factor authentication is compulsory
    .detail = While it is compulsory for everybody, it can be switched off for nobody. In Settings, stop it being compulsory for a while first. All contact persons are told of that.
error-waiver-short-password = This colleague's password is too short to log in with alone
    .detail = It was chosen to go with two-factor authentication. Give an access code, with which your colleague sets up something new at once. Or make a new PIN, with which your colleague chooses a longer password first.
error-waiver-no-factor = There is nothing to switch off
    .detail = This colleague has not set up two-factor authentication yet, and can do so after the password. You need not do anything.
error-waiver-too-soon = This can be done once in { $waiver_again }
    .detail = Two-factor authentication was switched off for this colleague in the last { $waiver_again } already. Give an access code, with which your colleague sets up something new at once.
access-title = Give an access code
access-lead = Do this when your colleague has lost everything to log in with. With the password and the code your colleague sets up something new, once. From then on, what there was no longer works.
access-sure = First make sure that it really is your colleague who asks. Speak to your colleague yourself, or call a number that you know.
access-told = The code works once, for { $access_code }. Your colleague and all contact persons get a message about it.
access-replaces = There is an access code already. It no longer works once you make a new one.
access-yes = Make an access code
access-given = Access code
access-until = The code works once, until { $moment }.
access-once = You see this code only now. If it is lost, make a new one.
access-hand = Hand the code over yourself
    .how = Give it on paper, or read it out to your colleague when you speak. Do not send it by e-mail or chat.
access-steps = This is what your colleague does
    .log-in = Log in with username and password.
    .choose = Choose ‘Another way’, and then ‘I have an access code from my contact person’.
    .set-up = Enter the code, and set up something new within { $set_up_anew } in that browser.
access-back = Back to this colleague
access-end = Take the code back
notice-access-ended = The access code no longer works. Your colleague gets a message about it.
notice-no-access = There was no access code any more. You need not do anything.
person-access = There is an access code
person-access-until = Your colleague can set up something new with it once, until { $moment }.
error-access-not-needed = No access code is needed
    .detail = This colleague has no two-factor authentication yet. After the password your colleague gets to the steps that set it up anyway.
error-access-waived = Two-factor authentication is off now
    .detail = This colleague logs in with a password alone now, and no code is asked for. Switch two-factor authentication on again first.
settings-title = Settings: General
settings-lead = What you choose here holds for everybody in your organisation.
settings-force-title = Second factor
settings-force-contacts = Contact persons
settings-force-colleagues = Other colleagues
settings-force-always = Always required
settings-force-yes = Required
settings-force-not-now = Not required for now
settings-forced = The second factor (two-factor authentication) is required. Colleagues who have none yet set it up first when they log in.
settings-unforced = The second factor is not required until { $moment }. After that it is required again by itself. For contact persons it is always required.
settings-force-now = Require it again now
settings-kinds = Ways to log in
settings-kinds-hint = Which may your colleagues add? A colleague who has another way already keeps it.
settings-kinds-wrong = Choose a security key, passkey or UZI card in any case: a contact person manages colleagues with nothing else.
settings-types = UZI cards
settings-types-hint = With which cards of your organisation may somebody log in? What you take away stops working at once.
settings-types-wrong = Choose one type of card at least. If nobody should link a card any more, take UZI card away above.
settings-type-z = Care provider card
settings-type-n = Employee card by name
settings-roles = Roles on the care provider card
settings-roles-hint = Only these role codes, with a comma between them. For example 01.015 (general practitioner) or 01.* (all physicians). Empty: every role that the server lets in.
settings-roles-wrong = Write each role as 01.015 or 01.*, with a comma between them.
settings-block-title = Block after wrong passwords
settings-block = Length of the first block, in minutes
settings-block-hint = Each further block lasts twice as long, up to a day; where the first lasts longer already, they all last as long. 0: the block does not end by itself. Empty: { $minutes } minutes, as this server is set.
settings-block-hint-never = Each further block lasts twice as long, up to a day; where the first lasts longer already, they all last as long. 0: the block does not end by itself. Empty: as this server is set, and there it does not end by itself.
settings-beside = Text, phone and e-mail also for who has a key, passkey or UZI card
settings-beside-hint = What is sent can be intercepted, or somebody can trick you out of it; a key cannot. That is why who has something strong gets no code by text or phone and no link by e-mail. If you turn this on, they do. A code of an app always works; who otherwise uses a key gets a message about it.
settings-grace = Days a new colleague may wait
settings-grace-hint = For so long a new colleague may go on with only a password after activating. After that, two-factor authentication must be set up. Contact persons cannot wait. Fill in 0 for nobody. Are the days of a colleague over? Then a larger number does not help: the colleague sets up two-factor authentication first.
settings-grace-wrong = Fill in a whole number of days from 0 to 90.
settings-block-wrong = Fill in a whole number of minutes from 0 to 43200 (30 days), or leave the field empty.
settings-not-saved = The settings were not saved
    .detail = One of the fields is not right yet. Change it and try again. What you filled in is still there.
settings-registered = Details of your organisation
settings-email = E-mail address
settings-address = Postal address
settings-not-recorded = Not recorded yet
settings-registered-text = Only the operator of the server changes these details, and compares them with the trade register. If something is wrong, call the operator.
unforce-title = Second factor not required for a time
unforce-lead = Do this only when there is no other way. Anybody who has only a password then gets in with it.
unforce-who = It only concerns colleagues who have no second factor yet. A colleague who has one always uses it. For contact persons it stays required.
unforce-end = After the time that you choose the second factor is required again by itself.
unforce-hours = For how many hours?
unforce-hours-hint = From 1 to { $not_forced }.
unforce-hours-wrong = Fill in a whole number of hours, at most { $not_forced }.
unforce-yes = Do not require it for a time
unforce-wrong = Nothing has changed
    .detail = The number of hours is not right. Fill in a whole number, at most { $not_forced }, and try again.
skip-title = Not yet
skip-lead = Until { $moment } you may go on with only your password. { $days ->
    [one] That is 1 more day.
   *[other] That is { $days } more days.
} After that you cannot do without two-factor authentication.
skip-now = Go on without a second factor
notice-unblocked = The block is lifted. Your colleague can log in again at once.
notice-not-blocked = This account was not blocked any more. Your colleague can log in.
notice-renamed = The name is changed.
notice-authorisations = The authorisations are changed. Your colleague gets an e-mail about it.
notice-authorisations-same = The authorisations have stayed as they were.
notice-role-changed = The role is changed.
notice-account-ended = The account is ended. Nobody can log in with it any more.
notice-settings-saved = The settings are saved and hold at once.
notice-unforced = The second factor is not required for a time.
notice-forced = The second factor is required again.
error-contact-person-only = This page is for contact persons
    .detail = Nothing has changed. Ask your contact person for help: the colleague who manages the accounts of your organisation.
error-no-such-colleague = We cannot find this colleague
    .detail = The account may have been ended. Go to User administration and look the colleague up.
error-not-for-oneself = Nobody does this for themselves
    .detail = Ask another contact person of your organisation to do this for you.
error-main-contact-person = This is the main contact person
    .detail = Only the operator of the server appoints another main contact person. Call the operator; after that you can do this here.
error-last-contact-person = This is the only contact person
    .detail = Nothing has changed. Make another colleague contact person first.
error-enough-contact-persons = There are three contact persons already
    .detail = Nothing has changed. Take the role away from one of them first.

## Time

day-and-time = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  } { $year } at { $time }
day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  } { $year }

at-time = At { $time }
at-day = On { $moment }

## Errors: what happened, what it means, and the next step

error-not-found = This page does not exist
    .detail = The address may be mistyped, or the page has moved. Go back to the start and choose there where you want to go.
    .program-title = This address does not exist in the API
    .program = Nothing has changed. The program you use asks for something this server does not have. Update it, or tell its maker.
error-method = You cannot open this page this way
    .detail = Go back to the start and choose there where you want to go.
    .program-title = The API does not take this method here
    .program = Nothing has changed. The program you use asks this in another way than the API expects. Update it, or tell its maker.
error-stale-form = This page was open for too long
    .detail = Your data was not sent. Reload the page and fill it in again.
error-foreign-origin = This request came from another website
    .detail = That is why nothing was done. Open Sleutelbos in your browser yourself and try again there.
error-too-large = You sent too much data
    .detail = Nothing was saved. Make the text shorter and try again.
error-bad-request = We do not understand this request
    .detail = Nothing has changed. Reload the page and try once more.
    .program = Nothing has changed. The program you use asks this in another way than the API expects. Update it, or tell its maker.
error-misdirected = This is not the address of this server
    .detail = Your browser asked for another website, and this server does not serve it. Open the page through the address your organisation gave you. If that is the address you used, tell your administrator: the proxy in front has to pass the Host header on.
error-late = This took too long
    .detail = The server did not get the request in time. Check your internet connection and try again.
error-busy = It is very busy now
    .detail = Your data was not checked and this try does not count. Try again in { $retry_after ->
        [one] 1 second
       *[other] { $retry_after } seconds
    }.
error-unavailable = The server cannot reach its data now
    .detail = Nothing was changed. Try again in { $retry_after ->
        [one] 1 second
       *[other] { $retry_after } seconds
    }; if that does not help, call your administrator.
error-too-many = There are too many log-ins at this moment
    .detail = Many tries came in a short time, perhaps from others at the same place. Your data was not checked and this try does not count. Wait { $retry_after ->
        [one] 1 second
       *[other] { $retry_after } seconds
    } and then try again.
error-internal = Something went wrong on our side
    .detail = What you did was not saved. Try again in a few minutes. If it keeps happening, call your help desk and tell them the reference below.
error-wrong-password = Your username or password is not right
    .detail = You are not logged in. Mind capitals and small letters: they count. After a few wrong tries, logging in with a password is blocked for a while.
error-password-blocked = Logging in with a password is blocked
    .detail = A wrong password was entered too often in a row. { $blocked_until } you can try again.
error-password-closed = Logging in with a password is blocked
    .detail = A wrong password was entered too often. Log in with your UZI card, passkey or key with a PIN. If you have none of these, ask your contact person to lift the block.
error-wrong-code = The code is not right
    .detail = You are not logged in yet. You can try { $left ->
        [one] 1 more time
       *[other] { $left } more times
    }. After that you begin again with logging in.
error-codes-wrong = The code was wrong too often
    .detail = That is why this log-in was stopped. You are not logged in. Begin again, or log in with your UZI card or passkey.
error-tries-over = The code was wrong too often
    .detail = Nothing has changed and you are still logged in. Choose another way, or log in again and then try once more.
error-code-paused = Logging in with this code is paused
    .detail = A wrong code was entered too often in a row. { $blocked_until } you can try again.
error-code-closed = Logging in with this code is blocked
    .detail = A wrong code was entered too often. The code works again after you have logged in with your UZI card, passkey or security key, or after your contact person has lifted the block.
error-codes-stopped = Logging in with codes is stopped for today
    .detail = Too many wrong codes were entered in 24 hours. That is why we look at no code now. { $blocked_until } you can try again.
error-no-bearer = The program you use did not say which log-in this is
    .detail = You are not logged in. Start logging in again; if that does not help, update the program or tell its maker.
error-login-expired = You waited too long
    .detail = You are not logged in yet. Start logging in again.
error-code-invalid = This log-in code does not work
    .detail = You are not logged in. A log-in code works once, within { $login_code }, and only in the program that began the log-in. Begin logging in again.
error-log-in-first = You are no longer logged in
    .detail = Log in again to go on.
error-no-such-choice = You cannot choose this organisation now
    .detail = You are not logged in there. Choose one of the organisations on the page, or begin again.
error-way-not-offered = You have something safer to log in with
    .detail = The code was not looked at. Use your key, passkey, UZI card or app. Have you lost it? Then use your recovery code, or ask your contact person for help.
error-enrol-first = First set up two-factor authentication
    .detail = Your account has no two-factor authentication yet. Set it up now, and then go on.
error-not-recognised = We do not know this key or passkey
    .detail = Nothing has changed. Use the key that you added to this account, or choose another way.
error-user-verification-missing = Your key did not ask for your PIN
    .detail = This way of logging in needs a key PIN. Open the settings of your computer or browser, choose Security keys and set a PIN. Or choose another way.
error-user-presence-missing = Nobody touched your key
    .detail = Nothing has changed. Try again, and touch your key when it blinks or follow the question of your browser.
error-key-other-site = Your key answered for another website
    .detail = Nothing has changed. Open Sleutelbos at the address that your organisation gave you, and try again there.
error-key-other-address = The question to your key came from another address
    .detail = Nothing has changed. Another website may be pretending to be this one. Close the page, open Sleutelbos at the address that your organisation gave you, and tell your contact person.
error-key-flags = Your key contradicts itself
    .detail = Nothing has changed. Your key says that there is a copy of it, and also that it cannot be copied. Update your browser and your computer and try again, or use another key.
error-key-changed = Your key is no longer as you added it
    .detail = Nothing has changed. Your key now says something else about copies than when you added it. Log in another way, remove this key under My account and add it again. If you have no other way, ask your contact person for help.
error-key-signature = The answer of your key is not right
    .detail = Nothing has changed. Take your key out of the computer, put it back and try again. If this goes on, choose another way and add this key again after that.
error-key-refused = We cannot use this key
    .detail = Nothing has changed. Try again, or use another key.
error-key-known = This key already belongs to an account
    .detail = Nothing has changed. Use another key.
error-key-copied = This key seems to be copied
    .detail = That is why it does not count any more. Log in another way, remove this key under My account and tell your contact person. If you have no other way, ask your contact person for help.
error-keys-switched-off = Your key is switched off
    .detail = It seems to be copied, and you have no other way to log in safely. Set up something new with your recovery code. If you do not have it, ask your contact person for an access code, which does the same. If you are a contact person yourself, ask another contact person, or call the operator of this system.
error-last-factor = This is your only safe way to log in
    .detail = That is why it was not removed. First add another key, passkey or card. Use it once. Then you can remove this one.
error-bad-name = This name is not possible
    .detail = A name has 1 to 60 characters. Choose another name and try again.
error-challenge-gone = The question is no longer valid
    .detail = You were too late, or another page was still open. Nothing has changed. Try again.
error-card-refused = The UZI card was not accepted
    .detail = Check that the card is valid and try again.
error-card-not-linked = This UZI card does not belong to an account yet
    .detail = You are not logged in. Log in with your username and your key or passkey, and then link your card under My account.
error-card-of-another = This UZI card belongs to somebody else
    .detail = You are not logged in with it. Use your own card, or start logging in again.
error-not-fresh = First confirm that it is you
    .detail = This is only possible shortly after you used your key, passkey or card. Use it once more and try again.
error-password-again = Enter your password once more first
    .detail = You can add this only shortly after you entered your password. Nothing was changed.
error-only-first = First log in with your new key or passkey
    .detail = You have added one already. Log in again with your password and your key or passkey. Then you can add more.
error-kind-not-allowed = Your organisation does not allow this
    .detail = Nothing has changed. Choose another way to log in, or ask your contact person why this is not possible.
error-no-such-factor = This way of logging in is no longer part of your account
    .detail = It may have been removed already. Go back to your account to see what you have.
error-card-type = Nobody can log in with this UZI card
    .detail = The card has not been linked. You can only link a care provider card or a named employee card.
error-card-no-subscriber = The subscriber number (URA) of your organisation is not known yet
    .detail = The card has not been linked. Ask your contact person to have the subscriber number of your organisation added.
error-card-other-subscriber = This UZI card belongs to another organisation
    .detail = The card has not been linked. Use the card that you got from this organisation, or ask your contact person for help.
error-card-other-name = This UZI card has another name on it
    .detail = The card has not been linked. Use your own card. If your name has changed, ask your contact person to change the name of your account.
error-card-other-first-name = This UZI card has another first name on it
    .detail = The card has not been linked. Use your own card. If it is yours, and you are known by another first name, ask your contact person for help: the administrator can link the card.
error-card-new-name = The name of this account was changed a short while ago
    .detail = The card has not been linked. No card is linked by a new name before { $anchor } are over. Do you have a key or passkey? Log in with it and link the card under My account. If not, wait, or ask your contact person for help.
error-card-other-number = You have another UZI card already
    .detail = The card has not been linked: its UZI number differs from that of your card. A new card with the same number works at once, without linking. If your number has changed, make sure that you have a key or passkey, remove the old card under My account, and then link this one.
error-card-taken = This UZI card already belongs to an account
    .detail = The card has not been linked again. Log out and log in with the card, or ask your contact person for help.

## User number, PIN and choosing a password

number-hint = 14 digits. You got it from your contact person. Spaces and dashes are fine.
number-empty = Fill in your user number.
number-letters = A user number has digits only. Remove the other characters.
number-length = A user number has 14 digits. You typed { $digits }.
number-check = A digit is wrong, or two digits are swapped. Compare your user number with what you were given.
number-masked = You get the PIN. That is why you do not see the whole number here.
account-pin = Account PIN
pin-hint = 8 letters and digits. Mind capitals and small letters. This is not the PIN of your card or key.
pin-length = An account PIN has 8 letters and digits. Fill in all of them.
pin-character = There is a character in it that is in no PIN. The digits 0 and 1 and the letters O, I and l, for example, are in none.
new-password = New password
new-password-hint = At least { $alone } characters. A few words in a row make a good password.{ $differ ->
    [yes] {" "}Are you a contact person, or is two-factor authentication required of you from the first day? Then { $beside } characters are enough.
   *[no] {""}
}
password-again = New password, once more
password-short-any = This password is too short. Choose one of at least { $alone } characters.{ $differ ->
    [yes] {" "}Are you a contact person, or is two-factor authentication required of you from the first day? Then { $beside } characters are enough.
   *[no] {""}
}
password-short = This password is too short. Choose one of at least { $least } characters.
password-long = This password is too long. Choose one of at most { $most } characters.
password-common = Many people use this password, so it is guessed soon. Choose another.
password-context = This password is too much like your name, your organisation or a well-known word. Choose other words.
card-pin-title = Link a UZI card with user number and PIN
card-pin-lead = Do you have nothing to log in with yet, but do you have a UZI card? Then link it here. After that you log in with your card and its PIN.
card-pin-action = On to the card
card-pin-link = Link my UZI card with user number and PIN
card-pin-incomplete = Nothing is linked yet
    .detail = Something is not filled in right yet. This does not count as a try. Correct it and enter the PIN again.
card-pin-wrong = Your user number and PIN do not belong together
    .detail = No card was linked. Mind capitals and small letters. A PIN also stops working when you linked a card with it before, when there is a new one or when it is too old. After a few wrong tries your PIN is blocked. Then ask your contact person for a new one.
error-pin-adds-nothing = Your account has a way to log in already
    .detail = A PIN adds no card to it. Log in as you did before, and link your card under My account. If you lost everything you log in with, ask your contact person for an access code.
activate-title = Choose a password
activate-lead = Do you have a new account, or have you forgotten your password? Choose a password here with your user number and your PIN.
activate-action = Save password
activate-incomplete = Your password is not saved yet
    .detail = Something is not filled in right yet. This does not count as a try. Mend it, and fill in the PIN and the password again.
activate-password-empty = Fill in a new password.
activate-again-differs = This is not the same password. Fill in the same one twice.
activate-wrong-field = Check your user number and PIN.
activate-missing = Do you have no user number or PIN?
    .detail = You get your user number from your contact person. If you lost your PIN, choose Forgot my PIN below. Never say a PIN on the telephone, not to a help desk either.
error-wrong-pin = Your user number and PIN do not belong together
    .detail = Your password is not saved. Mind capitals and small letters. A PIN also stops working when you have used it, when there is a new one or when it is too old. After a few wrong tries your PIN is blocked. Ask your contact person for a new one then.
error-pin-blocked = Your PIN is blocked
    .detail = A wrong PIN was filled in too often in a row. Your password is not saved. Ask your contact person to lift the block or to have a new PIN made for you.
notice-password-chosen = Your new password is saved. You are logged out everywhere. Log in with the new password now.

## Inbox

inbox = Inbox
inbox-unread = Inbox ({ $count } new)
inbox-lead = Messages stay here for { $messages }.
inbox-empty = You have no messages.
inbox-new = New
inbox-waits = PIN not seen yet
inbox-newer = Newer messages
inbox-older = Older messages
back-to-inbox = Back to the inbox
confirm-inbox-lead = You want to see a PIN. Use your key or passkey once more first.
confirm-inbox-card-lead = You want to see a PIN. Use your card and its PIN once more first.
secret-waits = You can see the PIN once, until { $date }. Make sure that you can pass it on at once. An older PIN stops working then.
secret-show = See the PIN
secret-now = You see this PIN only once. Print it or copy it out before you close this page.
secret-hand-over = Give the PIN to your colleague yourself, on paper. Do not say it on the telephone and do not put it in an e-mail.
secret-gone = The PIN is not here any more.
    .detail = It was seen already, or it was too long ago. Does your colleague need a PIN? Then have a new one made. That can be done once a day.
message-colleague-pin = PIN for { $name }
    .detail = With this PIN and the user number { $name } chooses a password.
message-pin-made = New PIN for { $name }
    .detail = { $by } has had a PIN made for { $name }. You need not do anything.
message-pin-by-post = PIN for { $name } goes by post
    .detail = { $by } made { $name } a contact person. { $name } had not chosen a password yet. So the PIN from the Inbox no longer works. A letter with a new PIN goes to your organisation. Give it to { $name } unopened.
message-pin-lapsed = PIN for { $name } has lapsed
    .detail = Nobody looked at the PIN within { $pin_in_the_box }, so it no longer works. Does { $name } still need a PIN? Then have a new one made.
message-letter-lapsed = PIN in the letter for { $name } has lapsed
    .detail = Nobody used the PIN in the letter within { $pin_by_post }. So it does not work any more. Does { $name } still need a PIN? Then have a new letter made. If { $name } is you, ask another contact person or the operator.
message-request-lapsed = Account of { $name } was not activated
    .detail = { $name } chose no password within { $activation }, so the PIN no longer works. Is the account still needed? Then have a new PIN made. Then { $name } has another { $activation }.
message-pin-opened = A PIN was made for you
    .detail = { $name } has looked at a PIN for your account and will give it to you. An older PIN no longer works. Did you not ask for this? Then ask your contact person what happened.
message-password-chosen = Your password was chosen
    .detail = Somebody chose a password for your account with your user number and PIN. You are logged out everywhere. Your other ways to log in have not changed. Was this not you? Then ask your contact person for a new PIN at once and choose another password.
message-colleague-password-chosen = { $name } has chosen a password
    .detail = That was done with the user number and PIN of { $name }. Did you not expect this? Then call { $name }.
message-password-blocked = Logging in with your password is blocked
    .detail = A wrong password was entered for your account too often. { $ends ->
        [yes] You can try again on { $until }. With a passkey, a key with a PIN or your UZI card you could log in during the block too.
       *[no] This block does not end by itself. Your contact person can lift it.
    } Was this not you? Then somebody is trying to guess your password. Tell your contact person.
message-colleague-password-blocked = Logging in with a password is blocked for { $name }
    .detail = A wrong password was entered too often for the account of { $name }. { $ends ->
        [yes] { $name } can try again on { $until }. You can also lift the block in User administration.
       *[no] This block does not end by itself. You can lift it in User administration.
    } Ask { $name } in person, or call a number you already know.
message-codes-blocked = Logging in with codes is blocked
    .detail = Too many wrong codes were entered for your account. Only somebody who knows your password, or was logged in already, can do that. { $ends ->
        [yes] It is possible again on { $until }. With a passkey, a key or your UZI card you could log in during the block too.
       *[no] This block does not end by itself. Your contact person can lift it.
    } Was this not you? Then choose a new password at once and call your contact person.
message-colleague-codes-blocked = Logging in with codes is blocked for { $name }
    .detail = Too many wrong codes were entered for the account of { $name }. Only somebody who knows the password, or was logged in already, can do that. { $ends ->
        [yes] { $name } can try again on { $until }. You can also lift the block in User administration.
       *[no] This block does not end by itself. You can lift it in User administration.
    } Call { $name } first, on a number you already know: if it was somebody else, a new password is needed.
message-pin-blocked = Your PIN is blocked
    .detail = Somebody filled in a wrong PIN with your user number 5 times. You can still log in as usual. Your contact person can lift the block.
message-colleague-pin-blocked = The PIN of { $name } is blocked
    .detail = Somebody filled in a wrong PIN with the user number of { $name } 5 times. Call { $name } before you lift the block.

## E-mails: what happened, when, with what, and what to do

mail-greeting = Dear { $name },
mail-when = When
mail-by = By
mail-with = With
mail-contact-person = a contact person of your organisation
mail-manager = { $manager }, contact person of your organisation
mail-clock = by itself, because the time was up
mail-operator = the operator of { $server }
mail-not-you = Was this not you?
mail-not-colleague = Was this not { $about }?
mail-not-right = Is this not right?
mail-footer = This message was sent automatically by { $server }. You cannot reply to it. We never ask you for a password, PIN or code.
mail-security-key = security key
mail-passkey = passkey
mail-card = UZI card
mail-app = authenticator app
mail-sms = phone number for text messages
mail-call = phone number for calls
mail-without-factor = Somebody logged in with only your password
    .happened = Somebody logged in to your account without two-factor authentication. That is possible until { $until }. Set it up before then: nobody gets in any more who knows only your password.
    .act = Then somebody else knows your password. Call your contact person at once and choose a new password.
mail-weaker-way = Somebody logged in in a weaker way
    .happened = Somebody logged in to your account with: { $factor }. That is a weaker way than usual. Use something stronger again as soon as you can.
    .act = Then somebody else has access to your account. Call your contact person at once. Can you still log in? Then look under ‘My account’ where you are logged in, and log out there.
mail-password-blocked = Logging in with your password is blocked
    .happened = A wrong password was entered for your account too often. Nobody can log in with your password now. { $ends ->
        [yes] You can try again on { $until }. With a passkey, a key with a PIN or your UZI card you can log in already.
       *[no] This block does not end by itself. Log in with a passkey, a key with a PIN or your UZI card, or ask your contact person for help.
    }
    .act = Then somebody else is trying to guess your password. They did not succeed. The block protects your account. Tell your contact person, certainly if you get this message more often.
mail-password-blocked-colleague = Logging in with a password is blocked for a colleague
    .happened = A wrong password was entered too often for the account of { $about }. Nobody can log in with that password now. { $ends ->
        [yes] It is possible again on { $until }. With a passkey, a key with a PIN or a UZI card it is possible already.
       *[no] This block does not end by itself. { $about } can log in with a passkey, a key with a PIN or a UZI card.
    }
    .act = Then somebody else is trying to guess the password. They did not succeed. Ask { $about } in person, or call a number you already know. Do not help anybody who calls or writes to you about this.
mail-codes-blocked = Logging in with codes is blocked
    .happened = Too many wrong codes were entered for your account. Only somebody who knows your password, or was logged in already, can do that. { $ends ->
        [yes] You can try again on { $until }. With a passkey, a key or your UZI card you can log in already.
       *[no] This block does not end by itself. Log in with a passkey, a key or your UZI card, or ask your contact person to lift the block.
    }
    .act = Then somebody else knows your password. Call your contact person at once and choose a new password.
mail-codes-blocked-colleague = Logging in with codes is blocked for a colleague
    .happened = Too many wrong codes were entered for the account of { $about }. Only somebody who knows the password, or was logged in already, can do that. { $ends ->
        [yes] It is possible again on { $until }. With a passkey, a key or a UZI card it is possible already.
       *[no] This block does not end by itself. { $about } can log in with a passkey, a key or a UZI card.
    }
    .act = Then somebody else knows the password. Call { $about } at once, on a number you already know, and have a new password chosen. Lift the block only after that.
mail-factor-added = A way to log in was added
    .happened = This was added to your account: { $factor }. { $waits ->
        [yes] It can be used to log in from { $until } on, and not before. If you do not know it, remove it before then.
       *[no] It can now be used to log in to your account.
    } You were logged out everywhere else.
    .act = Then somebody else has access to your account. Call your contact person at once. Can you still log in? Then remove what you do not know under ‘My account’.
mail-factor-added-colleague = A colleague has a new way to log in
    .happened = This was added to the account of { $about }: { $factor }. { $waits ->
        [yes] It can be used to log in from { $until } on, and not before.
       *[no] It can now be used to log in to that account.
    }
    .act = Then somebody else has access to that account. Ask { $about } in person, or call a number you already know. Is it wrong? Then call the operator of { $server }.
mail-factor-replaced = You can log in with your key without a password too
    .happened = You set up logging in without a password with: { $factor }. What was set up before for this key is removed.
    .act = Then somebody else has access to your account. Call your contact person at once. Can you still log in? Then remove what you do not know under ‘My account’.
mail-factor-replaced-colleague = A colleague can log in with a key without a password too
    .happened = For the account of { $about }, logging in without a password was set up with: { $factor }. What was set up before for this key is removed.
    .act = Then somebody else has access to that account. Ask { $about } in person, or call a number you already know. Is it wrong? Then call the operator of { $server }.
mail-factor-removed = A way to log in was removed
    .happened = This was removed from your account: { $factor }. Nobody can log in with it any more. You were logged out everywhere else.
    .act = Then somebody else has access to your account. Call your contact person at once. Can you still log in? Then check under ‘My account’ whether everything is right.
mail-factor-removed-colleague = A way to log in of a colleague was removed
    .happened = This was removed from the account of { $about }: { $factor }. Nobody can log in with it any more.
    .act = Then somebody else has access to that account. Ask { $about } in person, or call a number you already know. Is it wrong? Then call the operator of { $server }.
mail-main-number = Codes go to another number of yours first
    .happened = This was chosen as the first one of your account: { $factor }. Codes go there first from now on. You were logged out everywhere else.
    .act = Then somebody else has access to your account. Call your contact person at once. Can you still log in? Then choose your own number as the first one under ‘My account’, and remove what you do not know.
mail-main-number-colleague = Codes of a colleague go to another number first
    .happened = This was chosen as the first one of the account of { $about }: { $factor }. Codes go there first from now on.
    .act = Then somebody else has access to that account. Ask { $about } in person, or call a number you already know. Is it wrong? Then call the operator of { $server }.
mail-fraud-reported = Fraud was reported in a call of ours
    .happened = We called a phone number to have a code keyed in for your account. Whoever answered pressed # to report fraud. We stopped at once what the call was for, and whoever logged in to this account since is logged out.
    .act = Then somebody else probably has your password. Choose another password and tell your contact person. Never pass on a code, not even to somebody who says to be the helpdesk.
mail-fraud-reported-colleague = Fraud was reported for a colleague
    .happened = We called a phone number to have a code keyed in for the account of { $about }. Whoever answered pressed # to report fraud. We stopped at once what the call was for, and whoever logged in to this account since is logged out.
    .act = Then somebody else probably has the password. Call { $about } at a number you already know, and have { $about } choose another password.

mail-factor-cloned = A key of yours no longer works
    .happened = This key seems to have been copied: { $factor }. Somebody may have a copy. That is why nobody can log in with it any more.
    .act = Call your contact person at once, even if it was you. You need another key.
mail-factor-cloned-colleague = A colleague's key no longer works
    .happened = A key of { $about }'s account seems to have been copied: { $factor }. That is why nobody can log in with it any more.
    .act = Get in touch with { $about }. Another key is needed.
mail-pin-made = A PIN was made for your account
    .happened = A PIN was made for your account. With your user number and this PIN you choose a password. You get the PIN from your contact person in person.
    .act = Did you not ask for this? Then ask your contact person why the PIN was made. Did they know nothing of it? Then have your account checked.
mail-pin-made-colleague = A PIN was made for a colleague
    .happened = A PIN was made for the account of { $about }. With it a new password can be chosen.
    .act = Ask { $about }, or the contact person who did this, what it is about. Is it not right? Then call the operator of { $server }.
mail-pin-opened = The PIN of your account was looked at
    .happened = Your contact person looked at the new PIN of your account. It works from now on. An old PIN no longer works.
    .act = Did you not get the PIN? Then call your contact person.
mail-pin-opened-colleague = A colleague's PIN was looked at
    .happened = The new PIN for { $about } was looked at and works from now on. An old PIN no longer works.
    .act = Ask the contact person who did this. Is it not right? Then call the operator of { $server }.
mail-pin-lapsed = The PIN for a colleague has lapsed
    .happened = Nobody looked at the PIN for { $about } in time. It no longer works.
    .act = Make a new PIN in User administration if your colleague still needs one.
mail-letter-written = A letter with a PIN is on its way to your organisation
    .happened = A letter was written for you with a PIN for your account. It goes to the postal address of your organisation. With your user number and that PIN you choose a password. An old PIN works until the letter goes to the post.
    .act = Do you know nothing of this letter? Then call the operator of { $server }.
mail-letter-written-colleague = A letter with a PIN is on its way to a colleague
    .happened = A letter was written for { $about } with a PIN. It goes to the postal address of your organisation. Give it to { $about } unopened.
    .act = Ask { $about }, or the contact person who did this, what is going on. Is it not right? Then call the operator of { $server }.
mail-letter-instead = Your PIN goes by post
    .happened = You became a contact person of your organisation. The PIN that a contact person had for you no longer works. A letter was written for you with a new PIN. It goes to the postal address of your organisation. With your user number and that PIN you choose a password.
    .act = Do you know nothing of this letter? Then call the operator of { $server }.
mail-letter-instead-colleague = The PIN of a colleague goes by post
    .happened = { $about } became a contact person and had not chosen a password yet. The PIN from the Inbox no longer works. A letter was written for { $about } with a new PIN. It goes to the postal address of your organisation. Give it to { $about } unopened.
    .act = Ask { $about }, or the contact person who did this, what is going on. Is it not right? Then call the operator of { $server }.
mail-letter-posted = The letter with your PIN is on its way
    .happened = The letter with your PIN goes to the post. The PIN works from now on. Use it before { $until }. An old PIN does not work any more.
    .act = Is the letter not there after a week, or was the envelope open? Then call the operator of { $server }.
mail-letter-posted-colleague = The letter with a colleague's PIN is on its way
    .happened = The letter with the PIN for { $about } goes to the post. The PIN works from now on, until { $until }. An old PIN does not work any more. Give the letter to { $about } unopened.
    .act = Is the letter not there after a week, or was the envelope open? Then call the operator of { $server }.
mail-letter-lapsed = The PIN in the letter for { $about } has lapsed
    .happened = Nobody used the PIN in the letter for { $about } within { $pin_by_post }. It does not work any more. Does the letter still come? Then throw it away.
    .act = Is a PIN still needed? Then have a new letter made: another contact person does that in User administration, or call the operator of { $server }.
mail-pin-asked = A new PIN was asked for your account
    .happened = Somebody asked under ‘Forgot my PIN’ for a new PIN for your account, without logging in. Nothing has changed yet. Your contact person sees the question and gets in touch with you.
    .act = Then tell your contact person, who declines it. Never pass on a PIN, not to somebody who says to be of the help desk either.
mail-pin-asked-colleague = A colleague asks for a new PIN
    .happened = Somebody asked under ‘Forgot my PIN’ for a new PIN for { $about }, without logging in. Call or speak to { $about } first. Then have a new PIN made in User administration, or decline the question. It lapses after 7 days.
    .act = Then decline the question in User administration.
mail-pin-declined = There will be no new PIN for your account
    .happened = Somebody asked for a new PIN for your account. Your contact person declined that. Nothing has changed.
    .act = Do you need a new PIN all the same? Then call your contact person.
mail-pin-declined-colleague = A question for a new PIN was declined
    .happened = A new PIN was asked for { $about }. A contact person declined that. Nothing has changed.
    .act = Ask { $about }, or the contact person who did this, what it is about.
mail-support-opened = The operator was called about your account
    .happened = Somebody called the operator of { $server } and asked for your account: { $what ->
        [pin] a new PIN
        [factor] taking away something you log in with
       *[unblock] lifting a block
    }. Nothing has changed yet: the operator first calls back, or mails your organisation.
    .act = Then call your contact person at once. Never pass on a PIN, password or code, and not to us either.
mail-support-opened-colleague = The operator was called about a colleague
    .happened = Somebody called the operator of { $server } and asked for { $about }: { $what ->
        [pin] a new PIN
        [factor] taking away something this person logs in with
       *[unblock] lifting a block
    }. Nothing has changed yet: the operator first calls back, or mails your organisation.
    .act = Then do not confirm it, and call the operator of { $server }.
mail-support-link = Is this question about { $about } right?
    .happened = Somebody called the operator of { $server } and asked for { $about }: { $what ->
        [pin] a new PIN
        [factor] taking away something this person logs in with
       *[unblock] lifting a block
    }. Open the link, read what it says and choose. The link works once and for a day. It gives you nothing else.
    .act = Open the link and choose ‘I did not ask for this’. Then it does not go on.
mail-support-confirmed = Help for your account is confirmed
    .happened = Your organisation confirmed what was asked for your account: { $what ->
        [pin] a new PIN
        [factor] taking away something you log in with
       *[unblock] lifting a block
    }. The operator of { $server } carries it out. { $what ->
        [factor] If nothing is left to log in with after that, it happens from { $until } on. Whoever has the password then can set up a new second factor. Do you still have something to log in with? Then log in now, and it does not go on.
       *[other] { "" }
    }
    .act = Then call your contact person at once.
mail-support-confirmed-colleague = Help for a colleague is confirmed
    .happened = Your organisation confirmed what was asked for { $about }: { $what ->
        [pin] a new PIN
        [factor] taking away something this person logs in with
       *[unblock] lifting a block
    }. The operator of { $server } carries it out. { $what ->
        [factor] If nothing is left to log in with after that, it happens from { $until } on. Whoever has the password then can set up a new second factor. Until then the operator stops it when asked.
       *[other] { "" }
    }
    .act = Then call the operator of { $server } at once.
mail-support-stopped = Help for your account was stopped
    .happened = Somebody called the operator of { $server } and asked for your account: { $what ->
        [pin] a new PIN
        [factor] taking away something you log in with
       *[unblock] lifting a block
    }. Somebody who was told of it did not ask for that. Nothing has changed.
    .act = Did you ask for it? Then call your contact person. If not, somebody else may be trying to reach your account.
mail-support-stopped-colleague = Help for { $about } was stopped
    .happened = Somebody called the operator of { $server } and asked for { $about }: { $what ->
        [pin] a new PIN
        [factor] taking away something this person logs in with
       *[unblock] lifting a block
    }. Somebody who was told of it did not ask for that. Nothing has changed.
    .act = Ask { $about }. Somebody may be trying to reach this account.
mail-password-opens = You set up anew how you log in
    .happened = The operator of { $server } has taken away what you log in with after your password. That was asked for, and your organisation confirmed it. Whoever has your password now can set up a new second factor. So do that yourself at once: log in with your password.
    .act = Then call the operator of { $server } and your contact person at once. Log in with your password and see whether somebody has already set something up.
mail-password-opens-colleague = { $about } sets up anew how to log in
    .happened = The operator of { $server } has taken away what { $about } logs in with after the password. That was asked for and confirmed. Whoever has the password of { $about } now can set up a new second factor.
    .act = Ask { $about }, and call the operator of { $server } at once.
mail-pin-disclosed = The PIN of your account does not work any more
    .happened = The PIN of your account was told to the operator. A PIN that somebody said is no secret any more. That is why it does not work, and you are logged out everywhere. If you have a password already, it stays as it is. { $next ->
        [box] You get the new PIN from your contact person.
        [letter] The new PIN comes to your organisation by post.
        [asked] A PIN was made today already. We have asked your contact person to have a new one made tomorrow.
       *[no-letter] Your new PIN goes by post, but no letter can be made yet. Call the operator of { $server }.
    }
    .act = Did you tell your PIN to nobody? Then somebody else knew it. Call your contact person. Never say a PIN to anybody, and not to us either.
mail-pin-disclosed-colleague = A colleague's PIN does not work any more
    .happened = The PIN of { $about } was told to the operator. A PIN that somebody said is no secret any more. That is why it does not work. { $next ->
        [box] The new PIN is in the Inbox of the main contact person.
        [letter] The new PIN goes by post.
        [asked] A PIN was made today already. Have a new one made tomorrow in User administration: { $about } is listed there with those who ask for a PIN.
       *[no-letter] The new PIN goes by post, but no letter can be made yet. Call the operator of { $server }. Then have a new one made in User administration: { $about } is listed there with those who ask for a PIN.
    }
    .act = Ask { $about } what happened. Never ask anybody to say a PIN.
mail-pin-blocked = The PIN of your account is blocked
    .happened = A wrong PIN was entered too often with your user number. That is why nobody can choose a password with your PIN. Logging in goes on as usual.
    .act = Tell your contact person, who can lift the block.
mail-pin-blocked-colleague = A colleague's PIN is blocked
    .happened = A wrong PIN was entered too often with the user number of { $about }. This block does not end by itself.
    .act = Then somebody else is guessing the PIN. Lift the block only after you have spoken to { $about }.
mail-unblocked = A block of your account was lifted
    .happened = This is no longer blocked: { $lifted }. You can use it again.
    .act = Did you not ask for this? Then somebody else may be trying to reach your account. Call your contact person.
mail-unblocked-colleague = A colleague's block was lifted
    .happened = On the account of { $about } this is no longer blocked: { $lifted }.
    .act = Ask the contact person who did this what it is about. Is it not right? Then call the operator of { $server }.
mail-lifted-password = logging in with the password
mail-lifted-pin = the account PIN
mail-lifted-codes = codes
mail-role-given = You are a contact person now
    .happened = You have become a contact person of your organisation. You can help colleagues in User administration. For that you log in with a key, passkey or UZI card.
    .act = Did you know nothing of this? Then call another contact person of your organisation.
mail-role-given-colleague = A colleague is a contact person now
    .happened = { $about } has become a contact person and can help colleagues in User administration.
    .act = Ask the contact person who did this what it is about. Is it not right? Then call the operator of { $server }.
mail-role-taken = You are no longer a contact person
    .happened = You are no longer a contact person of your organisation. You log in as you are used to. You can no longer open User administration.
    .act = Did you know nothing of this? Then call a contact person of your organisation.
mail-role-taken-colleague = A colleague is no longer a contact person
    .happened = { $about } is no longer a contact person and can no longer open User administration.
    .act = Ask the contact person who did this what it is about. Is it not right? Then call the operator of { $server }.
mail-authorisations = Your authorisations were changed
    .happened = What you may do in the applications of your organisation was changed.{ $any-given ->
        [yes] {" "}Added: { $given }.
       *[no] {""}
    }{ $any-taken ->
        [yes] {" "}Removed: { $taken }.
       *[no] {""}
    } It holds at once. Under ‘My details’ you see everything that you may do.
    .act = Ask the contact person who did this. Does that not help? Ask another contact person.
mail-authorisations-colleague = The authorisations of a colleague were changed
    .happened = What { $about } may do in the applications of your organisation was changed.{ $any-given ->
        [yes] {" "}Added: { $given }.
       *[no] {""}
    }{ $any-taken ->
        [yes] {" "}Removed: { $taken }.
       *[no] {""}
    } It holds at once.
    .act = Ask the contact person who did this what is going on. You can change the authorisations back yourself under ‘User administration’. Is it wrong? Then call the operator of { $server }.
mail-account-ended = Your account was ended
    .happened = Your account was ended. Nobody can log in with it any more. You are logged out everywhere.
    .act = Do you still work for this organisation? Then call your contact person.
mail-account-ended-colleague = A colleague's account was ended
    .happened = The account of { $about } was ended. Nobody can log in with it any more.
    .act = Ask the contact person who did this what it is about. Is it not right? Then call the operator of { $server }.
mail-account-lapsed = A colleague did not activate the account in time
    .happened = { $about } did not choose a password within { $activation }. The account cannot be used yet.
    .act = Make a new PIN in User administration if your colleague still needs the account. Is it not needed any more? Then end the account.
mail-password-chosen = A new password was chosen
    .happened = With your user number and PIN a password was chosen for your account. The old password no longer works. You are logged out everywhere. Your two-factor authentication has not changed.
    .act = Then somebody else knows your user number and PIN. Call your contact person at once.
mail-password-chosen-colleague = A colleague has chosen a password
    .happened = With user number and PIN a password was chosen for the account of { $about }. Two-factor authentication has not changed.
    .act = Then somebody else knows the user number and PIN. Call { $about }, and make a new PIN.
mail-recovery-code-made = A new recovery code was made
    .happened = A recovery code was made for your account. An old recovery code no longer works. You are logged out everywhere else.
    .act = Then somebody else can reach your account. Call your contact person at once.
mail-recovery-code-made-colleague = A colleague has a new recovery code
    .happened = A recovery code was made for the account of { $about }. An old recovery code no longer works.
    .act = Then somebody else can reach that account. Ask { $about } in person, or call a number that you know. Is it not right? Then call the operator of { $server }.
mail-recovery-code-used = Somebody logged in with your recovery code
    .happened = Somebody logged in with your password and your recovery code. That recovery code no longer works. A new one was made at once and shown once. You are logged out everywhere else.
    .act = Then somebody else has your password and your recovery code. Call your contact person at once.
mail-recovery-code-used-colleague = A colleague logged in with the recovery code
    .happened = Somebody logged in to the account of { $about } with the password and the recovery code.
    .act = Then somebody else can reach that account. Ask { $about } in person, or call a number that you know. Is it not right? Then call the operator of { $server }.
mail-unforced = Two-factor authentication is not compulsory for a while
    .happened = In your organisation two-factor authentication is not compulsory until { $until }. Until then, colleagues who have none yet can log in with a password alone. After that it is compulsory again by itself.
    .act = Ask the contact person who did this what it is about. In Settings you make it compulsory again at once.
mail-forced = Two-factor authentication is compulsory again
    .happened = In your organisation two-factor authentication is compulsory again. Colleagues who have none yet set it up first.
    .act = Look in Settings at what is set.
mail-more-grace = A new colleague gets more days to wait
    .happened = In your organisation a new colleague may from now on go on with only a password for { $is ->
        [one] 1 day
       *[other] { $is } days
    }. Before, that was { $was ->
        [one] 1 day
       *[other] { $was } days
    }. Are the days of a colleague over already? Then none are added.
    .act = Ask the contact person who did this what it is about. In Settings you put the number of days back.
mail-looser = Your organisation lets in more than before
    .happened = { $what ->
        [kinds] Your colleagues may from now on add more ways to log in than before.
        [card_types] In your organisation more types of UZI cards log in than before.
        [card_roles] In your organisation UZI cards of other professions log in than before.
        [backup_email] Your colleagues may from now on give a back-up e-mail address, and log in after the password with a link that goes there.
        [codes_beside_strong] Who has a key, passkey or UZI card may in your organisation from now on also log in with a code by text message or phone, or with a link by e-mail.
       *[password_block_seconds] After wrong passwords, a block in your organisation is shorter from now on.
    }
    .act = Ask the contact person who did this what it is about. In Settings you put it back.
mail-user-number = User number for { $about }
    .happened = The user number of { $about } is { $number }. Give this number to { $about }. The PIN is in the contact person's Inbox and goes by another road: never send number and PIN together. With both, { $about } chooses a password on the log-in page under ‘First time here, or password forgotten’.
    .act = Does { $about } not work for you? Then give the number to nobody, and ask your contact person why the account was made.
mail-user-number-again = User number of { $about }
    .happened = The user number of { $about } is { $number }. A contact person had it mailed once more. Give this number to { $about }. That has not changed the PIN. Lost the PIN? A contact person has a new one made in User administration. Never keep number and PIN together.
    .act = Does { $about } not work for you? Then give the number to nobody, and ask your contact person why it was mailed.
mail-user-number-by-post = User number for { $about }
    .happened = The user number of { $about } is { $number }. Give this number to { $about }. The PIN comes by post, in a letter to { $about }: hand it over unopened, and never keep number and PIN together. With both, { $about } chooses a password on the log-in page under ‘First time here, or password forgotten’.
    .act = Does { $about } not work for you? Then give the number to nobody, and call the operator of { $server }.
mail-waiver-given = You can log in without two-factor authentication for a while
    .happened = Your contact person switched off two-factor authentication for your account. Until { $until } you log in with your password alone. The reason: { $reason }. Until then, whoever knows your password can reach your account.
    .act = Did you not ask for this? Then call your contact person, or another contact person of your organisation, at once.
mail-waiver-given-colleague = A colleague can log in without two-factor authentication for a while
    .happened = Two-factor authentication of { $about } is switched off until { $until }. Until then a password alone logs in. The reason: { $reason }.
    .act = Ask the contact person who did this what it is about. In User administration you switch it on again at once.
mail-waiver-ended = Your two-factor authentication is on again
    .happened = Your contact person switched two-factor authentication for your account on again. You can no longer log in with your password alone.
    .act = Can you not log in now? Then call your contact person.
mail-access-given = Your contact person gave you an access code
    .happened = With your password and that code you set up something new to log in with, once. The code works until { $until }. What you have now goes on working until the code is used. Give the code to nobody.
    .act = Did you not ask for this? Then call your contact person, or another contact person of your organisation, at once. They take the code back.
mail-access-given-colleague = A colleague was given an access code
    .happened = With the password of { $about } and that code something new to log in with can be set up, once. The code works until { $until }.
    .act = Ask the contact person who did this what it is about. In User administration you take the code back at once.
mail-access-ended = Your access code no longer works
    .happened = Your contact person took the access code back. You log in as you did before.
    .act = Can you not log in now? Then call your contact person.
mail-access-ended-colleague = The access code of a colleague no longer works
    .happened = The access code of { $about } was taken back.
    .act = Ask the contact person who did this what it is about.
mail-factor-kept = You use an old way to log in again
    .happened = What you log in with is being set up anew. This came into use again: { $factor }. You were logged out everywhere else.
    .act = Then somebody else has access to your account. Call your contact person at once.
mail-factor-kept-colleague = A colleague uses an old way to log in again
    .happened = What { $about } logs in with is being set up anew. This came into use again: { $factor }.
    .act = Then somebody else has access to that account. Ask { $about } in person, or call a number you already know. Is it wrong? Then call the operator of { $server }.
mail-waiver-lapsed = Your two-factor authentication is on again
    .happened = The time in which you could log in with your password alone is over.
    .act = Can you not log in now? Then call your contact person.
mail-waiver-lapsed-colleague = The two-factor authentication of a colleague is on again
    .happened = The time in which { $about } could log in with a password alone is over.
    .act = Can { $about } not log in now? Then give an access code in user administration.
mail-access-lapsed = Your access code has lapsed
    .happened = The access code of your contact person was not used in time. It works no more.
    .act = Can you not log in now? Then ask your contact person for a new code.
mail-access-lapsed-colleague = The access code of a colleague has lapsed
    .happened = The access code of { $about } was not used in time. It works no more.
    .act = Can { $about } not log in now? Then give a new code in user administration.
mail-access-used = You are setting up anew what you log in with
    .happened = Setting up anew was begun with your password and the access code of your contact person. Nothing that you logged in with works any more, nor does your recovery code. Until { $until } something new can take its place. You are logged out everywhere.
    .act = Then somebody else has your password and that code. Call your contact person at once. If you are a contact person yourself, call the operator of { $server }.
mail-access-used-colleague = A colleague is setting up anew what they log in with
    .happened = Setting up anew was begun with the password of { $about } and an access code. Nothing that { $about } logged in with works any more. Until { $until } something new can take its place.
    .act = Then somebody else may get at that account. Ask { $about } in person, or call a number that you know. If it is not right, call the operator of { $server }.
mail-waiver-ended-colleague = A colleague's two-factor authentication is on again
    .happened = Two-factor authentication of { $about } was switched on again. Nobody can log in to that account with a password alone any more.
    .act = Ask the contact person who did this what it is about.

## Authenticator app

app = Authenticator app
    .need = You need a phone with an app that makes a new code every 30 seconds. A key, passkey or UZI card is safer.
default-name-app = My authenticator app
factor-kind-app = Authenticator app
app-code = Code of 6 digits
    .hint = The code that your authenticator app shows now. Each code works once.
    .fill = Fill in the 6 digits that your app shows.
    .wrong = Fill in the newest code of your app.
log-in-on = Continue
enrol-app-title = Add an authenticator app
enrol-app-lead = From now on you log in with your password and a code that your app makes.
enrol-app-scan = 1. Put this account in your app
    .how = Open the authenticator app on your phone. Choose to add an account there, and scan this QR code.
enrol-app-qr = QR code for your authenticator app. The letters and digits below it mean the same.
enrol-app-here = Is the app on this device?
enrol-app-open = Open the app
enrol-app-type = You cannot scan it? Then type these letters and digits into the app. Choose 'time based' there if the app asks.
enrol-app-prove = 2. Show that it works
enrol-app-name-hint = This is how you recognise the app later, for instance by the name of your phone.
enrol-app-action = Add
enrol-app-wrong = The code is not right
    .detail = The app is not added yet. Wait for the next code in your app and fill that in. If that is not right either, set the time of your phone to automatic. You can try { $left ->
        [one] 1 more time
       *[other] { $left } more times
    }.
enrol-app-gone = This QR code no longer works
    .detail = You waited too long, and the app is not added yet. Remove the account from your app again, and scan the new QR code below.
error-no-code = No code of 6 digits was filled in
    .detail = Nothing was checked yet. Open your authenticator app and fill in the 6 digits it shows.
check-app-lead = Your password is right. Now fill in the code that your authenticator app shows.
check-app-instead = I use my authenticator app
confirm-app-lead = You are changing what you log in with. So first fill in the code that your authenticator app shows.
confirm-app-wrong = Nothing was changed. Wait for the next code in your app and fill that in: each code works once. You can try { $left ->
    [one] 1 more time
   *[other] { $left } more times
}.

## Setting up anew (flows D1)

login-anew-card = I am a contact person and have an UZI card
anew-card-title = Set up anew with your UZI card
anew-card-lead = Your password is right. Use an UZI card in your name and of your organisation. You are then logged in at once.
anew-card-means = After that the card is the only thing that you log in with: what you lost does not work any more, nor does your recovery code. You then add a key or app again. All contact persons are told.
login-anew = Set up two-factor authentication anew
login-access = I have an access code from my contact person
access-login-title = Enter your access code
access-login-lead = Your password is right. Enter the code that your contact person gave you. After that your old keys, passkeys, cards, apps and recovery code stop working at once. You set up something new within { $set_up_anew }, in this browser. What you still have, you can keep then.
access-stranded-lead = Your password is right, but nothing else that you log in with works. With an access code of your contact person you set up something new. You do so within { $set_up_anew }, in this browser.
access-code = Access code
    .hint = 12 digits. Dashes and spaces are allowed, but not needed.
access-do = Continue
access-malformed = This is no access code
    .detail = An access code has 12 digits, such as 1234-5678-9012. Look whether you entered all of them. A recovery code is longer and does not fit here.
access-wrong = This access code is not right
    .detail = A code works once and for { $access_code }, and only the newest does. You can try { $left ->
        [one] 1 more time
       *[other] { $left } more times
    }.
access-none = Do you have no code?
    .ask = Ask your contact person for an access code. That is the colleague who manages the accounts of your organisation.
    .contact = Are you a contact person yourself? Ask another contact person of your organisation. If there is none, call the operator of this system.
anew-title = Set up anew how you log in
anew-lead = Enter your recovery code. After that your old keys, passkeys, cards and apps stop working at once. You log in here again with your password and set up something new within { $set_up_anew }. What you still have, you can keep then.
anew-do = Set up anew
notice-anew = Your recovery code is right. Now log in with your password. Set up something new within { $set_up_anew }, in this browser.
notice-kept = You keep what you still had. The rest is removed. Now log in.
enrol-anew = You are setting up anew what you log in with. You can do so until { $moment }. What you choose counts once you have used it. Your old keys, passkeys, cards and apps are removed then.
enrol-anew-keep = I still have something that I logged in with before
keep-title = What do you still have?
keep-lead = You logged in with these before. They do not work now. Do you still have one? Use it once, and you keep it. You can do so until { $moment }.
keep = I still have this
keep-this = I still have this: { $name }
keep-kept = You keep this
keep-done-lead = Do you not want to set up anything new? Then you are done. What you do not keep is removed.
keep-done = Done, I log in with this
keep-back = Set up something new
keep-key-title = Use your old key or passkey
keep-key-lead = This shows us that you still have it. After that you keep it.
keep-card-title = Use your UZI card
keep-card-lead = This shows us that you still have the card. After that you keep it.
keep-app-title = Enter a code of your app
keep-app-lead = This shows us that you still have the app. After that you keep it.
error-factor-suspended = This does not work now
    .detail = You are setting up anew what you log in with. Log in with your password, in the browser in which you began. There you can also say that you still have this.
error-set-up-closed = Setting up anew is not possible here any more
    .detail = Somebody began to set up anew. That goes on only in the browser in which it began, for { $set_up_anew }. Ask your contact person for an access code: with it you begin once more. If you are a contact person yourself, ask another contact person, or call the operator of this system.
mail-set-up-anew = You are setting up anew what you log in with
    .happened = Setting up anew was begun with your password and your recovery code. Nothing that you logged in with works any more. Until { $until } something new can take its place. You are logged out everywhere.
    .act = Then somebody else has your password and your recovery code. Call your contact person at once. If you are a contact person yourself, call the operator of { $server }.
mail-set-up-anew-colleague = A colleague is setting up anew what they log in with
    .happened = Setting up anew was begun with the password and the recovery code of { $about }. Nothing that { $about } logged in with works any more. Until { $until } something new can take its place.
    .act = Then somebody else may get at that account. Ask { $about } in person, or call a number that you know. If it is not right, call the operator of { $server }.
mail-renamed = Your name in this system was changed
    .happened = Your name was { $was } and is now { $is }. An UZI card fits you if it bears this name. Without a key or passkey such a card can only be linked after { $anchor }.
    .act = Is the name not right? Tell your contact person, and call the operator of { $server }.
mail-renamed-colleague = A colleague's name was changed
    .happened = { $was } is now called { $is }. An UZI card fits this account if it bears this name. Without a key or passkey such a card can only be linked after { $anchor }.
    .act = Is this not right? Ask who did this, and call the operator of { $server }.
mail-set-up-by-card = Your UZI card replaces everything that you logged in with
    .happened = Somebody logged in with your password and an UZI card in your name. That card is now the only thing that you log in with: your keys, passkeys, apps, numbers and recovery code do not work any more. You are logged out everywhere else.
    .act = Then somebody else has your password and an UZI card in your name. Call the operator of { $server } at once, and have the card revoked at the UZI register.
mail-set-up-by-card-colleague = A colleague's UZI card replaces everything that they logged in with
    .happened = Somebody logged in with the password of { $about } and an UZI card in that name. That card is now the only thing that { $about } logs in with.
    .act = Then somebody else may get at that account. Ask { $about } in person, or call a number that you know. If it is not right, call the operator of { $server }.

## Codes by phone: text message and phone call

phone-sms = { $code } is your code for { $organisation }. Enter it only on the page of { $server } that you opened yourself. Give it to nobody, not on the phone either.
phone-told-added = Another phone number was added to your account of { $organisation }. Was this not you? Call your contact person at once. We never ask you for a code.
phone-told-removed = This phone number was removed from your account of { $organisation }. Was this not you? Call your contact person at once. We never ask you for a code.
phone-told-not-main = Codes of { $organisation } go to another phone number of yours first from now on. Was this not you? Call your contact person at once. We never ask you for a code.
phone-ask = This is an automatic call from { $organisation }. Key in the code of 6 digits that is on your screen now. Key in only a code that is on your own screen. Are you not logging in yourself? Then press hash.
phone-again = That was not the code on your screen. Key in the code of 6 digits once more. Are you not logging in yourself? Then press hash.
phone-thanks = Thank you. Look at your screen now.
phone-nothing = We heard no code. Your screen says what you can do. Goodbye.
phone-right = The code is right. You can go on at your screen. Goodbye.
phone-over = No code can be keyed in here any more. Your screen says what you can do. Goodbye.
phone-fraud = Thank you for telling us. We have stopped what this call was for and will tell the contact person. Goodbye.

## Telephone: text message and phone call

sms = Text message
    .need = You need a mobile phone. When you log in, you get a text message with a code. A key, passkey or UZI card is safer.
call = Phone call
    .need = You need a fixed or mobile phone. When you log in, we call you, and you key in the code of your screen. A key, passkey or UZI card is safer.
factor-kind-sms = Phone number for text messages
factor-kind-call = Phone number for calls
phone-ending = Number ending in { $digits }
    .inside = number ending in { $digits }
phone-which = Which number?
phone-other = Enter another number
phone-zero = You entered a number that begins with a 0. After +31 that 0 does not belong there: we left it out.
phone-until = { $when } the code ends.
phone-number = Phone number
    .hint = We put +31 (the Netherlands) before it. Is it a number of another country? Then begin with + and the country code.
phone-risk = We never ask you to pass on a code. Whoever takes over your number can get your codes. That cannot happen with a key, passkey or UZI card.
phone-held = Enough codes were sent
    .detail = Nothing was sent now. This protects your phone from somebody who has codes sent again and again. { $when } you can ask for a new code. You can also log in another way now.
phone-held-organisation = Your organisation has reached the highest number of codes of today
    .detail = Nothing was sent now. { $when } you can ask for a new code. You can also log in another way now. Does this happen often? Tell your contact person.
phone-known = You have added this number already
    .detail = Nothing was sent. Under ‘My account’ you see which numbers you have.
    .field = Enter another number.
phone-unreadable = This is no phone number
    .detail = Nothing was sent. Enter digits only. Spaces and dashes are fine too.
    .field = Enter a phone number, such as 06 and then 8 digits.
phone-unreal = This phone number does not exist
    .detail = Nothing was sent. Perhaps a digit is missing, or there is one too many.
    .field = Check the number and enter it again.
phone-unlisted = We send no codes to this number any more
    .detail = Nothing was sent and nobody was called. The operator no longer lets in numbers like this. Choose another number or another way, or use your recovery code. If you cannot, ask your contact person for help.
phone-country = Numbers of this country cannot be used here
    .detail = Nothing was sent. The operator decides of which countries a number may be. Use another number, or choose another way to log in.
    .field = Enter a number of a country that is allowed.
phone-costly = This kind of number cannot be used here
    .detail = Nothing was sent. We cannot use premium numbers, free numbers or short numbers.
    .field = Enter your own fixed or mobile number.
phone-no-text = This number gets no text messages
    .detail = Nothing was sent. A fixed number cannot get text messages. Use a mobile number, or choose ‘Phone call’: a fixed number works there.
    .field = Enter a mobile number.
enrol-sms-title = Log in with a text message
enrol-sms-lead = From now on you log in with your password and a code that you get in a text message. Enter the number of your mobile phone.
enrol-sms-send = Send a code
enrol-sms-code-lead = Enter the code of the text message. Your number is added then.
enrol-call-title = Log in with a phone call
enrol-call-lead = From now on you log in with your password and a phone call. Enter a fixed or mobile number. After ‘Verify’ we call you at once.
enrol-call-menu = A number with a menu or an extension does not work. Enter a number that you answer yourself.
enrol-call-verify = Verify
enrol-call-code-lead = We call you now. Answer, and key in on your phone the code that stands here.
sms-code = Code of the text message
    .hint = 6 digits. Only the newest code works.
    .fill = Enter the 6 digits of the text message.
    .wrong = Enter the code of the newest text message.
sms-no-code = No code of 6 digits was entered
    .detail = Nothing was checked yet. Open the text message and enter its 6 digits.
sms-gone = This code does not work any more
    .detail = Nothing was checked. A code works for { $sent_code }, and only in the window where you asked for it. Ask for a new code.
sms-sent = We sent a code to the
sms-failed = We could not send the text message. So you got no code. Ask for a new code, or log in another way.
sms-nothing = No text message?
    .wait = Wait a minute. Check that your phone has reception. Then ask for a new code: the old one then no longer works.
sms-send = Send me a code
sms-again = Send again
check-sms-lead = Your password is right. You go on with a code that you get in a text message.
check-sms-instead = I use a text message
check-call-lead = Your password is right. We call you, and you key in on your phone the code that will stand here.
check-call-instead = I use a phone call
confirm-sms-lead = You are changing what you log in with. So first enter a code that you get in a text message.
confirm-call-lead = You are changing what you log in with. So we call you first, and you key in on your phone the code that will stand here.
call-start = Call me
call-again = Call me again
call-to = We call the
call-code = Key in this code on your phone. Tell it to nobody.
call-state-waiting = We are calling you. One moment.
call-state-ringing = Your phone is ringing. Answer it.
call-state-answered = You are connected. Key in the code.
call-state-right = The code is right. Press ‘Log me in’.
call-state-busy = Your number is engaged. Hang up and have us call again.
call-state-no-answer = Nobody answered. Have us call again, or choose another number.
call-state-hung-up = The call is over and we heard no right code. Have us call again.
call-state-failed = We could not call you. Have us call again, or log in another way.
call-log-in = Log me in
call-keyed = I keyed in the code
call-nothing = Does nothing happen?
    .wait = Check that your phone has reception and is not silent. A number with a menu does not work. Have us call again then: you get a new code.
call-gone = This code does not work any more
    .detail = A code works for { $sent_code }, and only in the window where you asked for it. Have us call again.
call-not-yet = We have not heard the code yet
    .detail = You are not logged in yet. Answer the phone and key in the code below. You can do that as long as the call lasts.
enrol-phone-gone = This code does not work any more
    .detail = Your number was not added yet. A code works for { $sent_code }. Enter your number again.
notice-main-number = This is your main number now. It stands first when you log in.
main-number = Main number
make-main = Make main number
make-main-label = Make { $name } the main number
phone-starts = You can log in with this number from { $date }. A number that is added counts after { $anchor }.

details-title = My details
details-to = See and change my details
details-lead = Here you see where we reach you, and change your e-mail addresses.
details-name-who = Your contact person can change your name.
details-login = E-mail address to log in with
details-login-title = Change the e-mail address to log in with
details-login-lead = We send a code to the new address. As soon as you enter it here, you log in with the new address and no longer with the old one. You are then logged out everywhere else.
details-backup = Back-up e-mail address
details-backup-what = Have you lost your key or phone? Then you can have a link sent to this address after your password. We also tell you there what happens to your account.
details-backup-none = You have no back-up e-mail address.
details-backup-add = Add a back-up e-mail address
details-backup-change = Change the back-up e-mail address
details-backup-remove = Remove the back-up e-mail address
details-backup-title = Set a back-up e-mail address
details-backup-lead = We send a code to this address. As soon as you enter it here, the address belongs to your account. It brings you back in only after { $anchor }. You are then logged out everywhere else.
details-starts = This address can bring you back in from { $moment }.
details-no-backup-contact = Contact persons do not use a back-up e-mail address to get in: whoever helps colleagues has more to protect. Keep your recovery code well, and set up more than one way to log in.
details-no-backup-organisation = Your organisation allows no back-up e-mail address. Keep your recovery code well.
details-may = Authorisations
details-may-none = You have no authorisations for applications of your organisation.
details-may-who = Is this not right? Your contact person can change your authorisations. You cannot do that yourself.
details-phones = Phone numbers
details-phones-where = Your phone numbers are at ‘My account’. You add and remove them there.
details-new = New e-mail address
details-new-hint = An address whose mail you can read now.
details-send = Send the code
details-unreadable = This is no e-mail address that we can mail to
    .detail = Nothing was sent. Write the address as name@practice.example, without spaces and without accents before the @.
details-own = You use this address already
    .detail = Nothing was sent. Enter another address, or go back to your details.
details-other = Choose another address
    .detail = Nothing was sent. Your back-up e-mail address and the one you log in with may not be the same. Or who reads the one would be in by the other at once.
details-registered = This address is your organisation's
    .detail = Nothing was sent. Others may read what arrives there too. Choose an address that only you read.
details-held = Enough codes were sent
    .detail = Nothing was sent now. So we protect you from somebody who has codes sent again and again. { $when } you can try again.
details-code-title = Enter the code from the e-mail
details-code-sent = We have sent an e-mail to
details-code-until = { $when } the code lapses.
details-code = Code from the e-mail
    .hint = 6 digits. Spaces are fine.
details-no-code = No code of 6 digits was entered
    .detail = Nothing has changed yet. Open the e-mail that we sent you and enter the 6 digits in it.
details-code-wrong = The code is not right
    .detail = Look in our newest e-mail. You can try { $left } more times.
details-nothing = No code received?
    .detail = Wait a few minutes and look among unwanted e-mail too. Is there no code in the e-mail? Then this address cannot belong to your account: the e-mail says why.
details-again = Ask for a new code or enter another address
details-remove-text = You can then have no more links sent to this address to get in. We still tell what happens to your account there for { $anchor }. You are then logged out everywhere else.
notice-login-email-changed = From now on you log in with your new e-mail address. We have told your old address too.
notice-backup-email-set = Your back-up e-mail address is set.
notice-backup-email-removed = Your back-up e-mail address is removed.
notice-email-gone = Nothing has changed: the code no longer works. Begin again if you still want to change your address.
notice-email-taken = Nothing has changed: a colleague logs in with that address by now. Choose another address.
error-no-backup-email = You cannot use a back-up e-mail address here
    .detail = Your organisation does not allow it, or you are a contact person. Keep your recovery code well. It brings you back in too.
mail-email-code = Your code for this e-mail address
    .happened = Somebody wants to use this e-mail address for the account of { $name } at { $server }. Is that you? Then enter this code on the page that you have open: { $code }. The code works for { $sent_code }, and once.
    .act = Then enter the code nowhere and give it to nobody. Without the code nothing changes.
mail-email-taken = You log in with this e-mail address already
    .happened = Somebody of your organisation wanted to use this e-mail address for another account. That is not possible, because you log in with it already. Nothing has changed and you need not do anything.
    .act = Did you want two accounts with one address? That is not possible within one organisation: use an address of its own for each account. Did somebody else do this, and does it happen more often? Tell your contact person.
mail-username-changed = You log in with another e-mail address
    .happened = From now on your account is logged in to with the e-mail address { $address }. The old address no longer works for that. You are logged out everywhere else. For { $anchor } more the old address is told what happens.
    .act = Then somebody else can get into your account. Call your contact person at once. If you are a contact person yourself, call who runs { $server }.
mail-username-changed-colleague = A colleague logs in with another e-mail address
    .happened = From now on { $about } logs in with the e-mail address { $address }.
    .act = Then somebody else can get into that account. Ask { $about }, or call a number that you know already. Is it not right? Then call who runs { $server }.
mail-backup-email-set = You have another back-up e-mail address
    .happened = The back-up e-mail address { $address } now belongs to your account. From { $until } it can be used to log in, after your password. If there was another address, that one is told for { $anchor } more what happens.
    .act = Then somebody else can get into your account. Call your contact person at once. Can you still log in? Then remove the address at ‘My details’.
mail-backup-email-set-colleague = A colleague has another back-up e-mail address
    .happened = The back-up e-mail address { $address } now belongs to the account of { $about }. From { $until } it can be used to log in, after the password.
    .act = Then somebody else can get into that account. Ask { $about }, or call a number that you know already. Is it not right? Then call who runs { $server }.
mail-backup-email-removed = Your back-up e-mail address is removed
    .happened = No back-up e-mail address belongs to your account any more. You are logged out everywhere else.
    .act = Then somebody else can get into your account. Call your contact person at once. If you are a contact person yourself, call who runs { $server }.
mail-backup-email-removed-colleague = A colleague has no back-up e-mail address any more
    .happened = The back-up e-mail address of { $about } is removed.
    .act = Then somebody else can get into that account. Ask { $about }, or call a number that you know already. Is it not right? Then call who runs { $server }.
settings-backup = Allow a back-up e-mail address
settings-backup-hint = A colleague who lost a phone or app can then have a link sent to a back-up e-mail address, after the password. That is a weak way in: it allows no change of what somebody logs in with. Contact persons never can.
login-email-to = Send a link to my back-up e-mail address
login-email-title = Logging in with a link by e-mail
login-email-lead = Your password is right. We can send a link to your back-up e-mail address:
login-email-low = You then see your account, but you can change nothing about how you log in. We tell it to all your addresses and to your contact person.
login-email-send = Send the link
login-email-again = Send a new link
login-email-sent = We have sent a link to
login-email-until = { $when } the link lapses.
login-email-here = Open the link in this browser, on this device. It works nowhere else.
login-email-none = No link received?
login-email-nothing = Wait a few minutes and look among unwanted e-mail too. Leave this window open.
login-email-recovery = I use my recovery code
login-email-contact = Contact persons do not log in with a link by e-mail. Use your recovery code, or ask another contact person for help.
login-email-organisation = Your organisation does not allow logging in with a link by e-mail. Use your recovery code, or ask your contact person for help.
login-email-strong = You have a key, passkey or UZI card. Then you do not log in with a link by e-mail, because that is less safe. Have you lost everything? Use your recovery code, or ask your contact person for help.
login-email-missing = No back-up e-mail address belongs to your account. Use your recovery code, or ask your contact person for help.
login-email-waits = Your back-up e-mail address can bring you back in only from { $moment }. Your password, PIN or an e-mail address was changed less than { $anchor } ago. Use your recovery code, or ask your contact person for help.
login-email-held = Enough links and codes were sent
    .detail = Nothing was sent now. So we protect you from somebody who has links sent again and again. { $when } you can try again. You can also log in another way now.
login-email-open-title = Logging in with the link in your e-mail
login-email-open-lead = Nothing has happened yet. Did you ask for this link yourself? Then press Log in. If not, choose Cancel.
error-link-invalid = This link no longer works
    .detail = You are not logged in. A link works once and for { $sent_code }, and only the newest. Go back and have a new link sent.
error-link-elsewhere = Open the link in the browser in which you asked for it
    .detail = You are not logged in. This link works only in the browser in which you have just entered your password, and while you are logging in there. Open the link there, or begin again.
mail-backup-link = Your link to log in
    .happened = With this link you log in at { $server }. Open it in the browser in which you asked for it, and press Log in there. The link works for { $sent_code }, and once.
    .act = Then somebody else knows your password. Do not open the link. Choose a new password at once and call your contact person.
mail-backup-email-used = Somebody logged in with a link to your back-up e-mail address
    .happened = Somebody logged in with your password and a link to your back-up e-mail address. You are logged out everywhere else.
    .act = Then somebody else has your password and reads your back-up e-mail address. Call your contact person at once.
mail-backup-email-used-colleague = A colleague logged in with a link by e-mail
    .happened = Somebody logged in to the account of { $about } with the password and a link to the back-up e-mail address.
    .act = Then somebody else can get into that account. Ask { $about }, or call a number that you know already. Is it not right? Then call who runs { $server }.

## Letters with a PIN

letter-private = Personal and confidential
letter-attention = Attn. { $name }
letter-title = Your PIN for { $server }
letter-greeting = Dear { $name },
letter-first = An account was made for you, as a contact person of { $organisation }. With your user number and the PIN in this letter, you choose a password.
    .number = Your user number is left out of this letter on purpose. You get it by e-mail.
letter-renewed = You get a new PIN for your account at { $organisation }. With your user number and this PIN, you choose a new password. An old PIN does not work any more.
    .number = Your user number has not changed. It is left out of this letter on purpose.
letter-pin = Your PIN. Mind capitals and small letters.
letter-capital = capital
letter-small = small letter
letter-digit = digit
letter-steps = How to choose a password
letter-step-page = 1. Go to { $page }
letter-step-fill = 2. Fill in your user number and the PIN.
letter-step-password = 3. Choose a password.
letter-step-wizard = 4. Then set up two-factor authentication. The pages show you the way.
letter-step-log-in = 4. Log in with your new password. Your two-factor authentication has not changed.
letter-until = Use the PIN before { $until }
    .detail = After that it does not work any more, and a new letter is needed. Keep the PIN in a safe place once you have used it. You need it again if you forget your password.
letter-safe = Keep the PIN secret
    .detail = Nobody ever asks you to say the PIN, and neither do we. You only fill it in yourself, on the page above.
letter-open = Was the envelope open or damaged? Then do not use the PIN.
letter-call = Call the operator at once: { $telephone }.
letter-call-operator = Call the operator at once.
letter-foot = This letter was made by a machine and is therefore not signed.
settings-planned = { $what ->
        [email] The e-mail address at which your organisation is reached
        [address] The postal address of your organisation
        [telephone] The telephone number at which your organisation is called back
       *[main_contact] The main contact person of your organisation
    } changes on { $moment } to: { $to }. Until then the old one holds. Is this not right? Then stop it.
settings-unproven = It changes only if somebody confirms it before that, with the link that we mailed to the new address. Nobody has done so yet.
settings-proven = Somebody confirmed it at the new address, with the link that we mailed there.
settings-main-proven = They have logged in with a second factor since.
settings-main-unproven = It changes only if they log in with a second factor before that. They have not done so yet.
settings-stop = Stop it
notice-stopped = The change is stopped. We tell all contact persons.
notice-not-planned = There was nothing left to stop. See below what holds now.
mail-anchor-planned = The details of your organisation are going to change
    .happened = { $what ->
        [email] The e-mail address at which your organisation is reached
        [address] The postal address of your organisation
        [telephone] The telephone number at which your organisation is called back
       *[main_contact] The main contact person of your organisation
    } changes on { $until } to: { $to }. Who runs { $server } has compared this with the trade register.{ $what ->
        [email] {" "}It changes only if somebody confirms it before that, with the link that we mailed to the new address.
        [main_contact] {" "}It changes only if they log in with a second factor before that.
       *[other] {""}
    } Until then the old one holds.
    .act = A contact person can stop the change until then, under Settings. Or call who runs { $server }.
mail-anchor-link = Is this the e-mail address of { $about }?
    .happened = Who runs { $server } was given this address as the new e-mail address of { $about }. Is that right? Then open the link and confirm it before { $until }. If nobody does, nothing changes. The link works once. It gives you nothing else.
    .act = Open the link and choose ‘This is not right’. Then it does not go ahead.
mail-anchor-unproven = { $what ->
        [main_contact] The main contact person of your organisation does not change
       *[email] The e-mail address of your organisation does not change
    }
    .happened = { $what ->
        [main_contact] { $to } was going to be the main contact person of your organisation, but has not logged in with a second factor since. So it stays as it was.
       *[email] The e-mail address at which your organisation is reached was going to change to: { $to }. Nobody used the link that we mailed there. So it stays as it was.
    }
    .act = { $what ->
        [main_contact] Does it have to change all the same? Then call who runs { $server }, and have { $to } log in after that.
       *[email] Does the address have to change all the same? Then call who runs { $server }, who has a new link mailed.
    }
mail-anchor-changed = The details of your organisation have changed
    .happened = { $what ->
        [email] The e-mail address at which your organisation is reached
        [address] The postal address of your organisation
        [telephone] The telephone number at which your organisation is called back
        [kvk] The KvK number of your organisation
        [agb] The AGB code of your organisation
        [ura] The UZI subscriber number (URA) of your organisation, by which UZI cards belong to it,
       *[main_contact] The main contact person of your organisation
    } is from now on: { $to }.
    .act = Then call who runs { $server } at once.
mail-anchor-stopped = A change was stopped
    .happened = { $what ->
        [email] The e-mail address at which your organisation is reached
        [address] The postal address of your organisation
        [telephone] The telephone number at which your organisation is called back
       *[main_contact] The main contact person of your organisation
    } does not change: the change that was to come was stopped.
    .act = Ask your contact person, or call who runs { $server }.

pin-lost-title = Forgot my PIN
pin-lost-lead = Nobody can look up your PIN for you. You get a new one.
pin-lost-proven = You have just shown that it is you. So we have a new PIN made for this account at once.
pin-lost-box = The PIN goes to the Inbox of your main contact person, who gives it to you.
pin-lost-post = You are a contact person. So the PIN comes by post, in a letter to you at the address of your organisation.
pin-lost-old = Your old PIN works until the new one is given to you or goes to the post. You can have a new one made once a day.
pin-lost-ask = Fill in whose account it is. We ask your contact person to have a new PIN made for you. That person calls or speaks to you first.
pin-lost-faster = Can you still log in with anything? Then log in first, and choose Forgot my PIN after that. The PIN is then made at once.
pin-lost-confirm = You are logged in, but that was more than { $fresh } ago.
pin-lost-to-confirm = First show that it is you, and the PIN is made at once
pin-lost-who = E-mail address or user number
pin-lost-who-hint = The e-mail address that you log in with, or the number of 14 digits.
pin-lost-who-empty = Fill in your e-mail address or user number.
pin-lost-wrong = Your question is not sent yet
    .detail = An e-mail address or a user number does not look like this. Mend what you filled in and send it again.
pin-lost-send = Ask my contact person
pin-lost-back = Choose a password with number and PIN
pin-lost-too-soon = You can have one PIN a day made. Ask your contact person whether it is there already, or wait until tomorrow.
pin-own-box = The PIN waits in the Inbox of your main contact person.
pin-own-get = Ask your main contact person for the PIN. That person looks at it within { $pin_in_the_box } and gives it to you.
pin-own-post = The PIN comes by post, in a letter to you.
pin-own-old = Your old PIN works until your contact person looks at the new one. Your two-factor authentication does not change.
    .post = Your old PIN works until the letter goes to the post. Your two-factor authentication does not change.
pin-own-told = You and your contact persons are told of this. You are logged out everywhere else.
pin-choose-own = Then choose a password on the log-in page, under ‘First time here, or password forgotten’, with your user number and the PIN.
pin-asked-title = Your question is dealt with
pin-asked-lead = Does this belong to an account? Then the question for a new PIN is with the contact persons of that organisation. They have { $pin_asked } to answer.
pin-asked-call = A contact person calls or speaks to you, to ask whether this was you.
pin-asked-give = That person has a new PIN made and gives it to you. Never say a PIN on the telephone.
pin-asked-slow = Does it take long? Call your contact person yourself. If you ask here again, we pass it on once a day at most.
pin-asked-contact = Are you a contact person yourself? Then the other contact persons of your organisation get the question, and the PIN comes by post.
pin-asked-only = The only contact person
    .detail = Is there no other contact person? Then call the operator of this system, who first checks that it is really you.
    .call = Is there no other contact person? Then call the operator of this system: { $number }. They first check that it is really you.
people-asking = These colleagues ask for a new PIN
person-asks = Asks for a new PIN
    .detail = This was asked on { $moment } by somebody who had not logged in, or by the operator because the old PIN was told. It may have been somebody else.
person-asks-yes = New PIN
person-asks-no = Decline
person-asks-oneself = This is your own account. Another contact person has the PIN made. Did you not ask this? Then decline it.
inbox-asking = { $count ->
    [one] There is 1 colleague who asks for a new PIN.
   *[other] There are { $count } colleagues who ask for a new PIN.
}
inbox-to-asking = Look at this in User administration
notice-pin-declined = The question is declined. Your colleague is told.
notice-pin-not-asked = There was no question any more. You need not do anything.
account-password = Choose another password

settings-telephone = Telephone number
support-title = Is this question right?
support-lead = Somebody called the operator of this system and asked for help with an account of your organisation.
support-pin = What is asked: a new PIN.
    .detail = The PIN does not come to this e-mail address. It goes to the Inbox of your main contact person, or by post where it is for a contact person.
support-unblock = What is asked: lifting a block of the account.
    .detail = Whoever has the password and the second factor can then log in again. Nothing else changes.
support-factor = What is asked: taking away something this person logs in with.
    .detail = Do you confirm this? If nothing is left to log in with, whoever has the password can set up a new second factor after a few days. Everybody is told of it and can stop it.
support-sure = Are you sure? Ask this person first.
support-yes = Yes, this is right
support-no = I did not ask for this
support-confirmed = You have confirmed it
    .detail = The operator goes on. The person and the contact persons of your organisation are told.
support-stopped = It is stopped
    .detail = Nothing changes about the account. We warn the person and the contact persons of your organisation.
support-stopped-next = Somebody may be trying to reach this account. Tell your contact person.
support-close = You can close this window. The link no longer works.
registered-title = Is this the e-mail address of your organisation?
registered-lead = The operator of this system was given this address as the new e-mail address of this organisation.
registered-email = E-mail address
registered-what = Do you confirm this? Then user numbers of colleagues and questions of the operator about help come here. That begins on { $moment }, and a contact person can stop it until then.
registered-sure = Do you not know this organisation? Then choose ‘This is not right’.
registered-no = This is not right
registered-right = You have confirmed it
    .detail = We know now that somebody of the organisation reads this address. It holds from the day that the mail names.
registered-wrong = The e-mail address does not change
    .detail = We tell the contact persons, and at the address that the organisation has now.
error-registered-link-invalid = This link no longer works
    .detail = Nothing has changed. A link works once, until the day that the mail names, and only the newest. Does the address still have to change? Then call the operator of this system.
error-support-link-invalid = This link no longer works
    .detail = Nothing has changed. A link works once, for a day, and only the newest. Is help still needed? Then call the operator of this system again.
