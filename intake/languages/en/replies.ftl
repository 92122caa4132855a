# Replies in English. Each fits one text of 160 GSM-7 characters in the worst case: no typographic apostrophe.
# "-no-number": no emergency number is known for the place. Nothing is promised that does not exist.

receipt = Thank you, message received. Ref { $ref }. This service does not send help. In an emergency call { $num }.
receipt-no-number = Thank you, message received. Ref { $ref }. This service does not send help.

ask-place = Thank you. The place is missing: reply with the area or village and the town. Write no person's name. If replying is not safe, do not reply. Ref { $ref }

understood = Noted: { $cat }, { $place }, { $day }. Ref { $ref }. Your number is not shown.

danger = Please call { $num } now. This service does not send help. Get to a safe place first. Send us the place only if it is safe to do so. Ref { $ref }
danger-no-number = This service does not send help. Ask people near you for help. Get to a safe place. Send us the place only if it is safe to do so. Ref { $ref }

danger-no-place = Please call { $num } now. This service does not send help. Get to a safe place first. Ref { $ref }
danger-no-place-no-number = This service does not send help. Ask people near you for help. Get to a safe place. Ref { $ref }

stopped = Done: we will send you no more texts. Your messages still count, without your number. To come back send START.

started = Done: we can answer you again. This service does not send help. Emergency: call { $num }. Send STOP for no more texts.
started-no-number = Done: we can answer you again. This service does not send help. Send STOP for no more texts.

help = Say what, where and which day, no names. Your operator can see that you text us and this phone keeps your texts. STOP: no more texts. Emergency: { $num }
help-no-number = Say what, where and which day, no names. Your operator can see that you text us and this phone keeps your texts. STOP: no more texts.

not-a-report = This number is for reporting an event: say what, where and which day, no person's name. Send HELP to learn more. Emergency: call { $num }.
not-a-report-no-number = This number is for reporting an event: say what, where and which day, no person's name. Send HELP to learn more.
