# Replies in English. Each fits one text of 160 GSM-7 characters in the worst case: no typographic apostrophe.
# "-no-number": no emergency number is known for the place. Nothing is promised that does not exist.

receipt = Thank you, message received. Ref { $ref }. This service does not send help. In an emergency call { $num }.
receipt-no-number = Thank you, message received. Ref { $ref }. This service does not send help.

ask-place = Thank you. The place is missing: reply with the area or village and the town. Write no person's name. If replying is not safe, do not reply. Ref { $ref }

ask-which-place = Which place? { $choices }. Reply with the number. If not safe, do not reply. Ref { $ref }

confirm-place = Thank you. Is the place { $place }? Reply YES, or the right place. If replying is not safe, do not reply. Ref { $ref }

ask-category = What is it? { $choices }. Reply with the number. If not safe, do not reply. Ref { $ref }

understood = Noted: { $cat }, { $place }, { $day }. Ref { $ref }. Wrong? Send NO and the right word. Your number is not shown.

understood-near = Noted: { $cat }, near { $place }, { $day }. Ref { $ref }. Wrong? Send NO and the place. Your number is not shown.

correct-how = To correct it, send NO and the right word, for example NO and the name of the place. Ref { $ref }

danger = Please call { $num } now. This service does not send help. Get to a safe place first. Send us the place only if it is safe to do so. Ref { $ref }
danger-no-number = This service does not send help. Ask people near you for help. Get to a safe place. Send us the place only if it is safe to do so. Ref { $ref }

danger-no-place = Please call { $num } now. This service does not send help. Get to a safe place first. Ref { $ref }
danger-no-place-no-number = This service does not send help. Ask people near you for help. Get to a safe place. Ref { $ref }

stopped = Done: we will send you no more texts. Your messages still count, without your number. To erase them send DELETE. To come back send START.

started = Done: we can answer you again. This service does not send help. Emergency: call { $num }. Send STOP for no more texts.
started-no-number = Done: we can answer you again. This service does not send help. Send STOP for no more texts.

help = Say what, where and which day, no names. Your operator can see that you text us and this phone keeps your texts. STOP: no more texts. Emergency: { $num }
help-no-number = Say what, where and which day, no names. Your operator can see that you text us and this phone keeps your texts. STOP: no more texts.

not-a-report = This number is for reporting an event: say what, where and which day, no person's name. Send HELP to learn more. Emergency: call { $num }.
not-a-report-no-number = This number is for reporting an event: say what, where and which day, no person's name. Send HELP to learn more.

status-waiting = Ref { $ref }: message received. A detail is missing; a person will read it all the same.
status-open = Ref { $ref }: message received, nothing has been decided yet.
status-referred = Ref { $ref }: passed on to the people who deal with it. No result known yet.
status-resolved = Ref { $ref }: something was done about it and it is settled.
status-handled = Ref { $ref }: something was done about it and it is closed.
status-no_action = Ref { $ref }: read and closed, without further action.
status-expired = Ref { $ref }: closed, it stayed too long without action. If it goes on, write again.
status-duplicate = Ref { $ref }: this was reported before; both messages are followed together.
status-test = Ref { $ref }: read and closed, counted as a test.
status-unknown = No message { $ref } is known for this number. Check the reference you received and send STATUS with it.
status-which = Send STATUS and the reference you received, for example STATUS K7M2QX.

stats = { $place }. Reports this month: { $now }, last month: { $before }. Texts received, not verified facts; figures are provisional.

stats-unknown = Place not recognised. Send STATS and the name of a district, ward or town.

language-set = Done: we answer you in English. Other languages: FRANCAIS, ESPAÑOL, KISWAHILI.

joined = Done: your area is { $place }. To change it send JOIN and another place.

join-enrolled = Your area was set when you were enrolled. Ask the person who enrolled you to change it.

join-unknown = Place not recognised. Send JOIN and the name of your area, with its district if several have that name.

delete-code = To erase your number and your messages, send this code within 24 hours: { $code }. If you did not ask for this, do nothing.
delete-wrong = That is not the right code. Nothing is erased. Send the code from the last text, or send DELETE again.
delete-cancelled = Three wrong codes: the request is cancelled and nothing is erased. To begin again send DELETE after 24 hours.
erased = Done: your number and messages are erased from our system. Your operator may keep a trace. Delete the texts on this phone too.

# What a place of that level is called in that country, in brackets.
level-GIN-1 = region
level-GIN-2 = prefecture
level-GIN-3 = commune
level-BFA-1 = region
level-BFA-2 = province
level-BFA-3 = commune
level-KEN-1 = county
level-KEN-2 = sub-county
level-KEN-3 = ward
level-GHA-1 = region
level-GHA-2 = district
level-GHA-3 = area
level-COL-1 = department
level-COL-2 = municipality
level-COL-3 = area

# Codes of enrolled people. $form: the form's code and the number; $said: what was noted, as A=1 B=2.
form-received = { $form }: received.
form-noted = { $form }: noted { $said }. Wrong? Send { $again } and the right code.
form-noted-ref = { $form }: noted { $said }. Ref { $ref }. Wrong? Send { $again } and the right code.
form-partial = { $form }: noted { $said }. Missing { $missing }: send { $form } and the rest.
form-more = { $form }: received. Missing { $missing }: send { $form } and the rest.
form-wrong = { $form } noted, but not { $errors }. Send { $form } and the right code.
form-wrong-missing = { $form } noted, but not { $errors }. Missing { $missing }.
form-unknown = { $form }: nothing found to correct, nothing was noted. Check the reference, or send everything again as new.
form-range = { $field }: { $least } to { $most }
form-decimal = { $field }: a number, { $least } to { $most }
form-choice = { $field }: { $allowed }
form-yes-no = { $field }: YES or NO
form-date = { $field }: a day, as 22/11/26
form-place = { $field }: unknown place
form-places = { $field }: several places, which?
form-two = { $field }: { $one } or { $other }?
form-twice = { $field }: said twice
form-unclear = { $field }: not clear
form-count = the number is missing
form-no-count = no number here
form-unread = some words
form-yes = YES
form-no = NO
