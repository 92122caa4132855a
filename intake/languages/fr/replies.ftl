# Réponses en français. Chacune tient en un SMS de 160 caractères GSM-7, au pire des cas: sans ê î ô û ç ni apostrophe courbe.
# "-no-number": aucun numéro d'urgence n'est connu pour le lieu. On ne promet rien qui n'existe pas.

receipt = Merci, message arrivé. Ref { $ref }. Ce service n'envoie pas de secours. En cas d'urgence, appelez le { $num }.
receipt-no-number = Merci, message arrivé. Ref { $ref }. Ce service n'envoie pas de secours.

ask-place = Merci. Il manque le lieu: envoyez le quartier ou village et la commune. Aucun nom de personne. Si c'est risqué, ne répondez pas. Ref { $ref }

understood = Noté: { $cat }, { $place }, { $day }. Ref { $ref }. Votre numéro n'est pas montré.

danger = Appelez le { $num } maintenant. Ce service n'envoie pas de secours. Mettez-vous à l'abri. Envoyez le lieu seulement si c'est sans risque. Ref { $ref }
danger-no-number = Ce service n'envoie pas de secours. Demandez de l'aide près de vous. Mettez-vous à l'abri. Envoyez le lieu seulement si c'est sans risque. Ref { $ref }

danger-no-place = Appelez le { $num } maintenant. Ce service n'envoie pas de secours. Mettez-vous à l'abri. Ref { $ref }
danger-no-place-no-number = Ce service n'envoie pas de secours. Demandez de l'aide près de vous. Mettez-vous à l'abri. Ref { $ref }

stopped = C'est noté: plus aucun SMS de notre part. Vos messages restent comptés, sans votre numéro. Pour revenir: START.

started = C'est noté: nous pouvons de nouveau vous répondre. Ce service n'envoie pas de secours. Urgence: appelez le { $num }. STOP pour ne plus avoir de SMS.
started-no-number = C'est noté: nous pouvons de nouveau vous répondre. Ce service n'envoie pas de secours. STOP pour ne plus avoir de SMS.

help = Dites quoi, quel lieu, quel jour, sans nom. L'opérateur voit que vous nous écrivez et ce téléphone garde vos SMS. STOP: plus de SMS. Urgence: { $num }
help-no-number = Dites quoi, quel lieu, quel jour, sans nom. L'opérateur voit que vous nous écrivez et ce téléphone garde vos SMS. STOP: plus de SMS.

not-a-report = Ce numéro sert à signaler un fait: dites quoi, quel lieu, quel jour, sans nom de personne. AIDE pour en savoir plus. Urgence: appelez le { $num }.
not-a-report-no-number = Ce numéro sert à signaler un fait: dites quoi, quel lieu, quel jour, sans nom de personne. AIDE pour en savoir plus.
