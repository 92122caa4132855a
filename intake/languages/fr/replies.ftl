# Réponses en français. Chacune tient en un SMS de 160 caractères GSM-7, au pire des cas: sans ê î ô û ç ni apostrophe courbe.
# "-no-number": aucun numéro d'urgence n'est connu pour le lieu. On ne promet rien qui n'existe pas.

receipt = Merci, message arrivé. Ref { $ref }. Ce service n'envoie pas de secours. En cas d'urgence, appelez le { $num }.
receipt-no-number = Merci, message arrivé. Ref { $ref }. Ce service n'envoie pas de secours.

ask-place = Merci. Il manque le lieu: envoyez le quartier ou village et la commune. Aucun nom de personne. Si c'est risqué, ne répondez pas. Ref { $ref }

ask-which-place = Quel lieu? { $choices }. Envoyez le numéro. Si c'est risqué, ne répondez pas. Ref { $ref }

confirm-place = Merci. Le lieu est-il { $place }? Envoyez OUI, ou le bon lieu. Si c'est risqué, ne répondez pas. Ref { $ref }

ask-category = Quel fait? { $choices }. Envoyez le numéro. Si c'est risqué, ne répondez pas. Ref { $ref }

understood = Noté: { $cat }, { $place }, { $day }. Ref { $ref }. Erreur? Envoyez NON et le mot juste. Votre numéro n'est pas montré.

understood-near = Noté: { $cat }, vers { $place }, { $day }. Ref { $ref }. Erreur? Envoyez NON et le lieu. Votre numéro n'est pas montré.

correct-how = Pour corriger, envoyez NON et le mot juste, par exemple NON et le nom du lieu. Ref { $ref }

danger = Appelez le { $num } maintenant. Ce service n'envoie pas de secours. Mettez-vous à l'abri. Envoyez le lieu seulement si c'est sans risque. Ref { $ref }
danger-no-number = Ce service n'envoie pas de secours. Demandez de l'aide près de vous. Mettez-vous à l'abri. Envoyez le lieu seulement si c'est sans risque. Ref { $ref }

danger-no-place = Appelez le { $num } maintenant. Ce service n'envoie pas de secours. Mettez-vous à l'abri. Ref { $ref }
danger-no-place-no-number = Ce service n'envoie pas de secours. Demandez de l'aide près de vous. Mettez-vous à l'abri. Ref { $ref }

stopped = C'est noté: plus aucun SMS de notre part. Vos messages restent comptés, sans votre numéro. Pour les effacer: SUPPRIMER. Pour revenir: START.

started = C'est noté: nous pouvons de nouveau vous répondre. Ce service n'envoie pas de secours. Urgence: appelez le { $num }. STOP pour ne plus avoir de SMS.
started-no-number = C'est noté: nous pouvons de nouveau vous répondre. Ce service n'envoie pas de secours. STOP pour ne plus avoir de SMS.

help = Dites quoi, quel lieu, quel jour, sans nom. L'opérateur voit que vous nous écrivez et ce téléphone garde vos SMS. STOP: plus de SMS. Urgence: { $num }
help-no-number = Dites quoi, quel lieu, quel jour, sans nom. L'opérateur voit que vous nous écrivez et ce téléphone garde vos SMS. STOP: plus de SMS.

not-a-report = Ce numéro sert à signaler un fait: dites quoi, quel lieu, quel jour, sans nom de personne. AIDE pour en savoir plus. Urgence: appelez le { $num }.
not-a-report-no-number = Ce numéro sert à signaler un fait: dites quoi, quel lieu, quel jour, sans nom de personne. AIDE pour en savoir plus.

status-waiting = Ref { $ref }: message bien arrivé. Il manque une précision, une personne le lira malgré tout.
status-open = Ref { $ref }: message bien arrivé, pas encore traité.
status-referred = Ref { $ref }: transmis au service qui s'en occupe. Pas encore de résultat connu.
status-resolved = Ref { $ref }: une suite a été donnée, le dossier est réglé.
status-handled = Ref { $ref }: une suite a été donnée, le dossier est clos.
status-no_action = Ref { $ref }: lu et clos, sans autre suite.
status-expired = Ref { $ref }: clos, il est resté trop longtemps sans suite. Si cela dure, écrivez de nouveau.
status-duplicate = Ref { $ref }: ce fait était déjà signalé, les deux messages sont suivis ensemble.
status-test = Ref { $ref }: lu et clos, compté comme un essai.
status-unknown = Aucun message { $ref } n'est connu pour ce numéro. Vérifiez la référence dans notre SMS et envoyez STATUT avec elle.
status-which = Envoyez STATUT et la référence lue dans notre SMS, par exemple STATUT K7M2QX.

stats = { $place }. Signalements ce mois: { $now }, le mois dernier: { $before }. Ce sont des SMS arrivés, pas des faits vérifiés; provisoire.

stats-unknown = Lieu non reconnu. Envoyez STATS et le nom d'une commune, par exemple STATS et votre commune.

language-set = C'est noté: nous vous répondons en francais. Autres langues: ENGLISH, ESPAÑOL, KISWAHILI.

joined = C'est noté: votre localité est { $place }. Pour changer: REJOINDRE et un autre lieu.

join-enrolled = Votre localité a été fixée à votre inscription. Demandez à la personne qui vous a inscrit de la changer.

join-unknown = Lieu non reconnu. Envoyez REJOINDRE et le nom de votre commune, avec sa préfecture si plusieurs ont ce nom.

delete-code = Pour effacer votre numéro et vos messages, envoyez ce code dans les 24 h: { $code }. Si vous n'avez rien demandé, ne faites rien.
delete-wrong = Ce n'est pas le bon code. Rien n'est effacé. Envoyez le code du dernier SMS, ou de nouveau SUPPRIMER.
delete-cancelled = Trois codes faux: la demande est annulée et rien n'est effacé. Pour recommencer: SUPPRIMER, dans 24 heures.
erased = Fait: votre numéro et vos messages sont effacés chez nous. Votre opérateur peut en garder la trace. Effacez aussi les SMS de ce téléphone.

# Comment on appelle un lieu de ce niveau dans ce pays, entre parenthèses.
level-GIN-1 = région
level-GIN-2 = préfecture
level-GIN-3 = commune
level-BFA-1 = région
level-BFA-2 = province
level-BFA-3 = commune
level-KEN-1 = comté
level-KEN-2 = sous-comté
level-KEN-3 = quartier
level-GHA-1 = région
level-GHA-2 = district
level-GHA-3 = zone
level-COL-1 = département
level-COL-2 = municipalité
level-COL-3 = zone

# Codes des agents enrôlés. $form: le code du formulaire et le numéro; $said: ce qui est noté, comme A=1 B=2.
form-received = { $form }: bien arrivé.
form-noted = { $form }: noté { $said }. Erreur? Renvoyez { $again } et le bon code.
form-noted-ref = { $form }: noté { $said }. Ref { $ref }. Erreur? Renvoyez { $again } et le bon code.
form-partial = { $form }: noté { $said }. Il manque { $missing }: envoyez { $form } et le reste.
form-more = { $form }: bien arrivé. Il manque { $missing }: envoyez { $form } et le reste.
form-wrong = { $form } noté, sauf { $errors }. Renvoyez { $form } et le bon code.
form-wrong-missing = { $form } noté, sauf { $errors }. Il manque { $missing }.
form-unknown = { $form }: rien trouvé à corriger, rien n'est noté. Vérifiez la référence, ou renvoyez tout comme nouveau.
form-range = { $field }: de { $least } à { $most }
form-decimal = { $field }: nombre de { $least } à { $most }
form-choice = { $field }: { $allowed }
form-yes-no = { $field }: OUI ou NON
form-date = { $field }: un jour, comme 22/11/26
form-place = { $field }: lieu inconnu
form-places = { $field }: plusieurs lieux, lequel?
form-two = { $field }: { $one } ou { $other }?
form-twice = { $field }: dit deux fois
form-unclear = { $field }: pas clair
form-count = il manque le numéro
form-no-count = sans numéro ici
form-unread = certains mots
form-yes = OUI
form-no = NON
