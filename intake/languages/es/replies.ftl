# Respuestas en español. Cada una cabe en un SMS de 160 caracteres GSM-7 en el peor de los casos: sin á í ó ú, que no están en
# ese alfabeto; é, ñ, ¿ y ¡ sí están. "-no-number": no se conoce número de emergencia del lugar. No se promete lo que no existe.

receipt = Gracias, mensaje recibido. Ref { $ref }. Este servicio no manda ayuda. En una emergencia llame al { $num }.
receipt-no-number = Gracias, mensaje recibido. Ref { $ref }. Este servicio no manda ayuda.

ask-place = Gracias. Falta el lugar: envie el barrio o vereda y el municipio. Sin nombres de personas. Si es peligroso responder, no responda. Ref { $ref }

ask-which-place = ¿Qué lugar? { $choices }. Envie el numero. Si es peligroso, no responda. Ref { $ref }

confirm-place = Gracias. ¿El lugar es { $place }? Envie SI, o el lugar correcto. Si es peligroso, no responda. Ref { $ref }

ask-category = ¿Qué fue? { $choices }. Envie el numero. Si es peligroso, no responda. Ref { $ref }

understood = Anotado: { $cat }, { $place }, { $day }. Ref { $ref }. ¿Error? Envie NO y la palabra correcta. Su numero no se muestra.

understood-near = Anotado: { $cat }, cerca de { $place }, { $day }. Ref { $ref }. ¿Error? Envie NO y el lugar. Su numero no se muestra.

correct-how = Para corregir, envie NO y la palabra correcta, por ejemplo NO y el nombre del lugar. Ref { $ref }

danger = Llame ya al { $num }. Este servicio no manda ayuda. Pongase a salvo primero. Envienos el lugar solo si no corre peligro. Ref { $ref }
danger-no-number = Este servicio no manda ayuda. Pida ayuda a gente cercana. Pongase a salvo primero. Envienos el lugar solo si no corre peligro. Ref { $ref }

danger-no-place = Llame ya al { $num }. Este servicio no manda ayuda. Pongase a salvo primero. Ref { $ref }
danger-no-place-no-number = Este servicio no manda ayuda. Pida ayuda a gente cercana. Pongase a salvo primero. Ref { $ref }

stopped = Listo: no le mandaremos mas mensajes. Los suyos siguen contando, sin su numero. Para borrarlos envie BORRAR. Para volver envie START.

started = Listo: podemos responderle otra vez. Este servicio no manda ayuda. Emergencia: llame al { $num }. STOP para no recibir mas mensajes.
started-no-number = Listo: podemos responderle otra vez. Este servicio no manda ayuda. STOP para no recibir mas mensajes.

help = Diga qué, donde y qué dia, sin nombres. Su operador ve que nos escribe y este teléfono guarda sus SMS. STOP: no mas SMS. Emergencia: { $num }
help-no-number = Diga qué, donde y qué dia, sin nombres. Su operador ve que nos escribe y este teléfono guarda sus SMS. STOP: no mas SMS.

not-a-report = Este numero es para reportar un hecho: diga qué, donde y qué dia, sin nombres de personas. AYUDA para saber mas. Emergencia: llame al { $num }.
not-a-report-no-number = Este numero es para reportar un hecho: diga qué, donde y qué dia, sin nombres de personas. AYUDA para saber mas.

status-waiting = Ref { $ref }: mensaje recibido. Falta un dato; una persona lo va a leer de todos modos.
status-open = Ref { $ref }: mensaje recibido, todavia no hay respuesta.
status-referred = Ref { $ref }: pasado a quienes se encargan. Todavia no se conoce el resultado.
status-resolved = Ref { $ref }: se hizo algo al respecto y esta resuelto.
status-handled = Ref { $ref }: se hizo algo al respecto y esta cerrado.
status-no_action = Ref { $ref }: leido y cerrado, sin mas acciones.
status-expired = Ref { $ref }: cerrado, estuvo demasiado tiempo sin respuesta. Si continua, escriba otra vez.
status-duplicate = Ref { $ref }: esto ya estaba reportado; los dos mensajes se siguen juntos.
status-test = Ref { $ref }: leido y cerrado, contado como prueba.
status-unknown = No hay mensaje { $ref } de este numero. Revise la referencia que recibio y envie ESTADO con ella.
status-which = Envie ESTADO y la referencia que recibio, por ejemplo ESTADO K7M2QX.

stats = { $place }. Reportes este mes: { $now }, mes pasado: { $before }. Son mensajes recibidos, no hechos comprobados; cifras provisionales.

stats-unknown = No reconocemos ese lugar. Envie CIFRAS y el nombre de un municipio.

language-set = Listo: le respondemos en español. Otros idiomas: ENGLISH, FRANCAIS, KISWAHILI.

joined = Listo: su zona es { $place }. Para cambiarla envie UNIRME A y otro lugar.

join-enrolled = Su zona se fijo cuando lo inscribieron. Pida el cambio a la persona que lo inscribio.

join-unknown = No reconocemos ese lugar. Envie UNIRME A y el nombre de su municipio, con el departamento si hay varios.

delete-code = Para borrar su numero y sus mensajes envie este codigo en 24 horas: { $code }. Si usted no lo pidio, no haga nada.
delete-wrong = Ese no es el codigo. No se borro nada. Envie el codigo del ultimo mensaje, u otra vez BORRAR.
delete-cancelled = Tres codigos equivocados: se cancela y no se borra nada. Para empezar otra vez envie BORRAR en 24 horas.
erased = Listo: su numero y sus mensajes estan borrados aqui. Su operador puede guardar rastro. Borre también los mensajes de este teléfono.

# Como se llama un lugar de ese nivel en ese pais, entre paréntesis.
level-GIN-1 = region
level-GIN-2 = prefectura
level-GIN-3 = comuna
level-BFA-1 = region
level-BFA-2 = provincia
level-BFA-3 = comuna
level-KEN-1 = condado
level-KEN-2 = subcondado
level-KEN-3 = barrio
level-GHA-1 = region
level-GHA-2 = distrito
level-GHA-3 = zona
level-COL-1 = departamento
level-COL-2 = municipio
level-COL-3 = zona

# Códigos de las personas inscritas. $form: el código del formulario y el número; $said: lo anotado, como A=1 B=2.
form-received = { $form }: recibido.
form-noted = { $form }: anotado { $said }. Si hay error, mande { $again } y el dato correcto.
form-noted-ref = { $form }: anotado { $said }. Ref { $ref }. Si hay error, mande { $again } y lo correcto.
form-partial = { $form }: anotado { $said }. Falta { $missing }: mande { $form } y lo que falta.
form-more = { $form }: recibido. Falta { $missing }: mande { $form } y lo que falta.
form-wrong = { $form } anotado, menos { $errors }. Mande { $form } y el dato correcto.
form-wrong-missing = { $form } anotado, menos { $errors }. Falta { $missing }.
form-unknown = { $form }: no hay nada que corregir y no se anoto nada. Revise la referencia, o mande todo de nuevo.
form-range = { $field }: de { $least } a { $most }
form-decimal = { $field }: cantidad de { $least } a { $most }
form-choice = { $field }: { $allowed }
form-yes-no = { $field }: SI o NO
form-date = { $field }: una fecha, como 22/11/26
form-place = { $field }: lugar desconocido
form-places = { $field }: varios lugares, ¿cual?
form-two = { $field }: ¿{ $one } o { $other }?
form-twice = { $field }: dicho dos veces
form-unclear = { $field }: no esta claro
form-count = falta el numero
form-no-count = aqui sin numero
form-unread = algunas palabras
form-yes = SI
form-no = NO
