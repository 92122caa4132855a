# Majibu kwa Kiswahili. Kila moja linatosha SMS moja ya herufi 160 za GSM-7 hata likijazwa kabisa.
# "-no-number": hakuna namba ya dharura inayojulikana ya mahali hapo. Hatuahidi kisichokuwepo.

receipt = Asante, ujumbe umefika. Ref { $ref }. Huduma hii haitumi msaada. Kwa dharura piga simu { $num }.
receipt-no-number = Asante, ujumbe umefika. Ref { $ref }. Huduma hii haitumi msaada.

ask-place = Asante. Mahali hapajulikani: tuma mtaa au kijiji na mji. Usiandike jina la mtu. Kama si salama kujibu, usijibu. Ref { $ref }

ask-which-place = Ni wapi? { $choices }. Jibu kwa namba. Kama si salama, usijibu. Ref { $ref }

confirm-place = Asante. Je, mahali ni { $place }? Jibu NDIYO, au tuma mahali sahihi. Kama si salama, usijibu. Ref { $ref }

ask-category = Ni jambo gani? { $choices }. Jibu kwa namba. Kama si salama, usijibu. Ref { $ref }

understood = Imeandikwa: { $cat }, { $place }, { $day }. Ref { $ref }. Kosa? Tuma HAPANA na neno sahihi. Namba yako haionyeshwi.

understood-near = Imeandikwa: { $cat }, karibu na { $place }, { $day }. Ref { $ref }. Kosa? Tuma HAPANA na mahali. Namba yako haionyeshwi.

correct-how = Kusahihisha, tuma HAPANA na neno sahihi, kwa mfano HAPANA na jina la mahali. Ref { $ref }

danger = Piga simu { $num } sasa. Huduma hii haitumi msaada. Nenda mahali salama kwanza. Tutumie mahali kama tu ni salama kufanya hivyo. Ref { $ref }
danger-no-number = Huduma hii haitumi msaada. Omba msaada kwa watu walio karibu. Nenda mahali salama. Tutumie mahali kama tu ni salama. Ref { $ref }

danger-no-place = Piga simu { $num } sasa. Huduma hii haitumi msaada. Nenda mahali salama kwanza. Ref { $ref }
danger-no-place-no-number = Huduma hii haitumi msaada. Omba msaada kwa watu walio karibu. Nenda mahali salama. Ref { $ref }

stopped = Sawa: hatutakutumia SMS tena. Ujumbe wako bado unahesabiwa, bila namba yako. Kuufuta tuma FUTA. Kurudi tuma START.

started = Sawa: tunaweza kukujibu tena. Huduma hii haitumi msaada. Dharura: piga { $num }. Tuma STOP usipate SMS tena.
started-no-number = Sawa: tunaweza kukujibu tena. Huduma hii haitumi msaada. Tuma STOP usipate SMS tena.

help = Andika nini, wapi na siku gani, bila majina. Kampuni ya simu huona kuwa unatuandikia na simu hii huhifadhi SMS. STOP: hakuna SMS. Dharura: { $num }
help-no-number = Andika nini, wapi na siku gani, bila majina. Kampuni ya simu huona kuwa unatuandikia na simu hii huhifadhi SMS. STOP: hakuna SMS.

not-a-report = Namba hii ni ya kuripoti tukio: andika nini, wapi na siku gani, bila jina la mtu. Tuma MSAADA kujua zaidi. Dharura: piga { $num }.
not-a-report-no-number = Namba hii ni ya kuripoti tukio: andika nini, wapi na siku gani, bila jina la mtu. Tuma MSAADA kujua zaidi.

status-waiting = Ref { $ref }: ujumbe umefika. Kuna jambo halijajulikana; mtu atausoma hata hivyo.
status-open = Ref { $ref }: ujumbe umefika, bado haujashughulikiwa.
status-referred = Ref { $ref }: umepelekwa kwa wanaohusika. Matokeo bado hayajulikani.
status-resolved = Ref { $ref }: hatua ilichukuliwa na jambo limetatuliwa.
status-handled = Ref { $ref }: hatua ilichukuliwa na jambo limefungwa.
status-no_action = Ref { $ref }: umesomwa na kufungwa, bila hatua nyingine.
status-expired = Ref { $ref }: umefungwa, ulikaa muda mrefu bila hatua. Kama inaendelea, andika tena.
status-duplicate = Ref { $ref }: jambo hili lilikuwa limeripotiwa; ujumbe zote mbili zinafuatiliwa pamoja.
status-test = Ref { $ref }: umesomwa na kufungwa, umehesabiwa kama jaribio.
status-unknown = Hakuna ujumbe { $ref } wa namba hii. Angalia kumbukumbu uliyopokea kisha tuma HALI pamoja nayo.
status-which = Tuma HALI na kumbukumbu uliyopokea, kwa mfano HALI K7M2QX.

stats = { $place }: ripoti { $now } mwezi huu, { $before } mwezi uliopita. Ni ujumbe uliopokelewa, si matukio yaliyothibitishwa; takwimu za muda.

stats-unknown = Mahali hapo hapajulikani. Tuma TAKWIMU na jina la kaunti, kata au mji.

language-set = Sawa: tunakujibu kwa Kiswahili. Lugha nyingine: ENGLISH, FRANCAIS, ESPAÑOL.

joined = Sawa: eneo lako ni { $place }. Kubadilisha tuma JIUNGE na mahali pengine.

join-enrolled = Eneo lako liliwekwa ulipoandikishwa. Mwombe aliyekuandikisha alibadilishe.

join-unknown = Mahali hapo hapajulikani. Tuma JIUNGE na jina la eneo lako, pamoja na kaunti kama kuna mengi ya jina hilo.

delete-code = Kufuta namba yako na ujumbe wako, tuma kodi hii ndani ya saa 24: { $code }. Kama hukuomba, usifanye chochote.
delete-wrong = Kodi hiyo si sahihi. Hakuna kilichofutwa. Tuma kodi ya SMS ya mwisho, au tuma tena FUTA.
delete-cancelled = Kodi tatu si sahihi: ombi limefutwa na hakuna kilichofutwa. Kuanza tena tuma FUTA baada ya saa 24.
erased = Tayari: namba yako na ujumbe wako umefutwa kwetu. Kampuni ya simu inaweza kubaki na kumbukumbu. Futa pia SMS za simu hii.

# Mahali pa ngazi hiyo huitwaje katika nchi hiyo, ndani ya mabano.
level-GIN-1 = mkoa
level-GIN-2 = wilaya
level-GIN-3 = kata
level-BFA-1 = mkoa
level-BFA-2 = wilaya
level-BFA-3 = kata
level-KEN-1 = kaunti
level-KEN-2 = kaunti ndogo
level-KEN-3 = kata
level-GHA-1 = mkoa
level-GHA-2 = wilaya
level-GHA-3 = kata
level-COL-1 = mkoa
level-COL-2 = wilaya
level-COL-3 = kata

# Misimbo ya watu walioandikishwa. $form: msimbo wa fomu na namba; $said: yaliyoandikwa, kama A=1 B=2.
form-received = { $form }: imefika.
form-noted = { $form }: imeandikwa { $said }. Kuna kosa? Tuma { $again } na jibu sahihi.
form-noted-ref = { $form }: imeandikwa { $said }. Ref { $ref }. Kuna kosa? Tuma { $again } na jibu sahihi.
form-partial = { $form }: imeandikwa { $said }. Bado { $missing }: tuma { $form } na yaliyobaki.
form-more = { $form }: imefika. Bado { $missing }: tuma { $form } na yaliyobaki.
form-wrong = { $form } imeandikwa, ila { $errors }. Tuma { $form } na jibu sahihi.
form-wrong-missing = { $form } imeandikwa, ila { $errors }. Bado { $missing }.
form-unknown = { $form }: hakuna cha kusahihisha, hakuna kilichoandikwa. Angalia Ref, au tuma yote upya.
form-range = { $field }: { $least } hadi { $most }
form-decimal = { $field }: kiasi, { $least } hadi { $most }
form-choice = { $field }: { $allowed }
form-yes-no = { $field }: NDIO au HAPANA
form-date = { $field }: siku, kama 22/11/26
form-place = { $field }: mahali hapajulikani
form-places = { $field }: kuna mahali pengi, papi?
form-two = { $field }: { $one } au { $other }?
form-twice = { $field }: limesemwa mara mbili
form-unclear = { $field }: halieleweki
form-count = namba inakosekana
form-no-count = hapa bila namba
form-unread = baadhi ya maneno
form-yes = NDIO
form-no = HAPANA
